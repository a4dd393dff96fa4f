// The page's sentences, in every language there is; they stand in its <template>.

const stored = document.getElementById("texts").content;
let table = {};

/** Speak a language: everything on the page that has a name, and what is said from now on. */
export function speak(language) {
  const texts = stored.querySelector(`div[lang="${CSS.escape(language)}"]`);
  if (!texts) return;
  table = Object.fromEntries([...texts.children].map((each) => [each.dataset.name, each.textContent]));
  document.documentElement.lang = language;
  document.title = `${say("title")} · Ikuzo`;
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = say(each.dataset.text);
  document.getElementById("languages").setAttribute("aria-label", say("languages"));
  for (const each of document.querySelectorAll("[data-language]")) {
    each.setAttribute("aria-pressed", String(each.dataset.language === language));
  }
}

/** Return a sentence; what stands in braces is filled in. */
export function say(name, values = {}) {
  return (table[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
