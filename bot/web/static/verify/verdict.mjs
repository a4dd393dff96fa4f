// How a verdict is shown. Whatever is from a file goes in as text, never as HTML.

import { say } from "./texts.js";

const KINDS = { "ikuzo-draw/1": "draw", "ikuzo-poll/1": "poll", "ikuzo-ledger/1": "ledger" };

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const hidden = (text) => element("span", { class: "unseen" }, `${text} `);

function step(kind, { name, fault }) {
  const good = fault === null;
  const claim = name === "shape" ? "check_shape" : `check_${kind}_${name.replace(" ", "_")}`;
  const mark = element("span", { class: "mark", "aria-hidden": "true" }, good ? "✓" : "✗");
  // What is claimed is the same sentence either way, so where it fails that is said before it.
  const said = good ? hidden(say("holds")) : `${say("fails")} `;
  const sentence = element("p", {}, said, say(claim), " ", element("code", { translate: "no" }, name));
  const item = element("li", { class: good ? "good" : "bad" }, mark, sentence);
  // The reason in detail is for engineers, as the command's is.
  if (!good) item.append(element("p", { class: "detail", lang: "en" }, fault));
  return item;
}

const isTerm = (value) => value !== null && typeof value === "object" && "term" in value;
const word = (value) => (isTerm(value) ? say(value.term, value.values) : String(value));

function shown(value) {
  const translate = isTerm(value) ? {} : { translate: "no" };
  if (!Array.isArray(value)) return element("dd", translate, word(value));
  return element("dd", { translate: "no" }, element("ul", {}, ...value.map((each) => element("li", {}, word(each)))));
}

function facts(kind, pairs) {
  const rows = pairs.flatMap(([name, value]) => [element("dt", {}, say(`fact_${name}`)), shown(value)]);
  return [element("p", { class: "beware" }, say(`compare_${kind}`)), element("dl", {}, ...rows)];
}

// "Look for your receipt": the box, and what its ballot says.
function receiptBox(known) {
  const input = element("input", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "12" });
  const answer = element("output", {});
  input.addEventListener("input", () => {
    const receipt = input.value.replace(/[^0-9a-z]/gi, "").toUpperCase();
    if (receipt.length < 8) answer.textContent = "";
    else if (!known.has(receipt)) answer.textContent = say("receipt_missing");
    else answer.textContent = say("receipt_found", { choices: known.get(receipt) ?? say("blank") });
  });
  return element("p", { class: "receipt" }, element("label", {}, say("receipt"), input), answer);
}

function headline({ name, broken, rows }) {
  const heading = element("h2", { tabindex: "-1", translate: "no" }, name);
  if (broken) return [heading, element("p", { class: "trouble" }, say("broken"))];
  const failed = rows.filter(({ fault }) => fault !== null).length;
  const text = failed === 0 ? say("good") : say("bad", { failed, checks: rows.length });
  return [heading, element("p", { class: failed === 0 ? "verdict done" : "verdict trouble" }, failed === 0 ? `✓ ${text}` : `✗ ${text}`)];
}

/** Return what is shown of one file's outcome. */
export function article(outcome) {
  const { broken, format, rows, facts: pairs, receipts } = outcome;
  const made = element("article", {}, ...headline(outcome));
  if (broken) return made;
  const kind = KINDS[format];
  if (pairs.length === 0) made.append(element("p", {}, say("unread")));
  made.append(element("ol", { class: "steps" }, ...rows.map((row) => step(kind, row))));
  if (pairs.length > 0) made.append(...facts(kind, pairs));
  if (receipts !== null) made.append(receiptBox(receipts));
  return made;
}
