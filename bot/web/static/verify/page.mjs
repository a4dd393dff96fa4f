// The page: which files, which options, and what came of them. The checking itself is worker.mjs's.

import { say, speak } from "./texts.js";
import { article } from "./verdict.mjs";

const get = (id) => document.getElementById(id);
let files = [];
let worker = null;
let outcomes = [];
// Said again when the language changes.
let status = () => "";
let trouble = null;

function announce(sentence) {
  status = sentence;
  get("status").textContent = status();
}

function complain(name) {
  trouble = name;
  get("trouble").hidden = name === null;
  get("trouble").textContent = name === null ? "" : say(name);
}

function busy(on, share = null) {
  get("progress").hidden = !on;
  if (share === null) get("progress").removeAttribute("value");
  else get("progress").value = share;
  get("results").setAttribute("aria-busy", String(on));
}

function draw() {
  get("results").replaceChildren(...outcomes.map(article));
}

// What was copied, without the blanks and quotes that come along.
function copied(id) {
  const value = get(id).value.replace(/[^0-9a-z]/gi, "").toLowerCase();
  return value === "" ? undefined : value;
}

function settings() {
  const round = copied("round");
  return {
    chain: get("chain").files[0] ?? null,
    allowed: get("trusted").checked,
    totals: get("totals").checked,
    copied: {
      commitment: copied("commitment"),
      digest: copied("digest"),
      round: round === undefined ? undefined : Number(round),
      head: copied("head"),
    },
  };
}

function stop() {
  worker?.terminate();
  worker = null;
  busy(false);
}

function told({ data }) {
  if (data.kind === "checking" || data.kind === "progress") {
    if (data.kind === "checking") announce(() => say("checking", { file: data.name }));
    busy(true, data.share ?? null);
  } else if (data.kind === "chain") {
    stop();
    announce(() => "");
    complain("chain_bad");
  } else if (data.kind === "done") {
    stop();
    announce(() => outcomes.map(spoken).join(" "));
    get("results").querySelector("h2")?.focus();
  } else {
    outcomes.push(data.kind === "broken" ? { name: data.name, broken: true } : data.verdict);
    draw();
  }
}

function spoken({ name, broken, rows }) {
  if (broken) return say("broken");
  const good = rows.every(({ fault }) => fault === null);
  return say(good ? "summary_good" : "summary_bad", { file: name });
}

function check() {
  stop();
  complain(null);
  outcomes = [];
  draw();
  if (files.length === 0) return;
  worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
  worker.addEventListener("message", told);
  worker.addEventListener("error", () => {
    stop();
    announce(() => "");
    complain("broken");
  });
  busy(true);
  worker.postMessage({ files, ...settings() });
}

function take(chosen) {
  if (chosen.length === 0) return;
  files = [...chosen];
  check();
}

// ---- what can be pressed and dropped

get("files").addEventListener("change", () => {
  take(get("files").files);
  get("files").value = ""; // so that the same file can be chosen again, changed
});
get("options").addEventListener("submit", (event) => {
  event.preventDefault();
  if (files.length === 0) get("files").focus();
  else check();
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(kind, (event) => {
    event.preventDefault(); // wherever it falls: a browser would leave the page and show the file
    get("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") take(event.dataTransfer?.files ?? []);
  });
}
for (const each of document.querySelectorAll("[data-language]")) {
  each.addEventListener("click", () => {
    speak(each.dataset.language);
    get("status").textContent = status();
    complain(trouble);
    draw();
  });
}

speak(document.documentElement.lang);
document.documentElement.dataset.ready = "";
