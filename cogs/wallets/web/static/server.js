// What the page asks of the server it came from.

/** The server said no, in a sentence; `over` when the link itself cannot be used any more. */
export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.over = status === 404 || status === 409;
  }
}

/** The server gave no answer. */
export class Unreachable extends Error {}

/** Send something and return the answer; its sentences are in the page's language. */
export async function ask(path, body) {
  let response, answer;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    answer = await response.json();
  } catch {
    throw new Unreachable();
  }
  if (!response.ok) throw new Refused(String(answer.error), response.status);
  return answer;
}
