// Checks files beside the page, which stays quick meanwhile. It is asked once, tells how far it is, and is then done.

import { QUICKNET, chainFrom } from "./beacon.mjs";
import { MAX_BYTES, Unreadable } from "./inflate.mjs";
import { parse } from "./json.mjs";
import { receipts, summary } from "./summary.mjs";
import { documents, verify } from "./verify.mjs";

async function bytes(file) {
  if (file.size > MAX_BYTES) throw new Unreadable("too large");
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Unreadable("the browser cannot read it");
  }
}

async function chainOf(file) {
  return file === null ? QUICKNET : chainFrom(parse(await bytes(file)));
}

async function one(document, files, settings) {
  const { name } = document;
  postMessage({ kind: "checking", name });
  const progress = (share) => postMessage({ kind: "progress", name, share });
  try {
    const { format, content, rows } = await verify(document, (index) => bytes(files[index]), { ...settings, progress });
    const said = content === null ? { facts: [], receipts: null } : { facts: summary(format, content), receipts: receipts(format, content) };
    postMessage({ kind: "verdict", verdict: { name, format, rows, ...said } });
  } catch (error) {
    console.error(error);
    postMessage({ kind: "broken", name });
  }
}

async function main({ files, chain: chainFile, ...settings }) {
  let chain;
  try {
    chain = await chainOf(chainFile);
  } catch {
    postMessage({ kind: "chain" });
    return;
  }
  for (const document of documents(files.map(({ name }) => name))) await one(document, files, { ...settings, chain });
  postMessage({ kind: "done" });
}

addEventListener("message", ({ data }) => main(data));
