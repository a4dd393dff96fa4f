// One file, from its bytes to a verdict: what `ikuzo verify` does, in JavaScript and written from docs/verify.md alone.

import { concat } from "./bytes.mjs";
import { checkDraw } from "./draw.mjs";
import { readDraw } from "./drawfile.mjs";
import { Misshapen } from "./fields.mjs";
import { MAX_BYTES, Unreadable, unpack } from "./inflate.mjs";
import { BadJson, parse, printable } from "./json.mjs";
import { checkLedger } from "./ledger.mjs";
import { readLedger } from "./ledgerfile.mjs";
import { checkPoll } from "./poll.mjs";
import { readPoll } from "./pollfile.mjs";

const FORMATS = new Map([
  ["ikuzo-draw/1", { read: readDraw, check: checkDraw }],
  ["ikuzo-poll/1", { read: readPoll, check: checkPoll }],
  ["ikuzo-ledger/1", { read: readLedger, check: checkLedger }],
]);

// The documents that names are of: parts of one file, in whatever order, belong together. Each has the indices of its
// parts among the names.
export function documents(names) {
  const found = new Map();
  names.forEach((name, index) => {
    const [, whole, number] = /^(.*\.json\.gz)\.([1-9][0-9]*)$/.exec(name) ?? [null, name, null];
    // Two files of one name may have been chosen from two folders.
    const key = number === null ? index : whole;
    const document = found.get(key) ?? { name: whole, packed: whole.endsWith(".gz"), parts: [] };
    document.parts.push({ index, number: Number(number ?? 1) });
    found.set(key, document);
  });
  return [...found.values()];
}

// The bytes of a document; `read` returns those of a part by its index.
async function bytesOf({ packed, parts }, read) {
  const sorted = [...parts].sort((one, other) => one.number - other.number);
  if (sorted.some(({ number }, at) => number !== at + 1)) throw new Unreadable("a part is missing, or there twice");
  const chunks = [];
  let size = 0;
  for (const { index } of sorted) {
    chunks.push(await read(index));
    size += chunks.at(-1).length;
    if (size > MAX_BYTES) throw new Unreadable("too large");
  }
  const bytes = chunks.length === 1 ? chunks[0] : concat(...chunks);
  return packed ? unpack(bytes) : bytes;
}

function formatOf(value) {
  const named = value instanceof Map ? value.get("format") : null;
  const format = FORMATS.get(named);
  if (format === undefined) {
    throw new Misshapen(typeof named === "string" ? `the format ${printable(named)} is not known` : "the file names no format");
  }
  return { named, ...format };
}

// Check a document, going on after a failure, but not after a file of another shape: its format and content, where they
// can be read, and a row for each check, of its name and what is wrong, or null.
//
// Settings: chain, allowed (operator-trusted draws), totals (polls of which there are only totals), copied (commitment,
// digest, round, head; undefined where nothing is to be compared) and progress, a function that takes a share.
export async function verify(document, read, settings) {
  let [format, content] = [null, null];
  try {
    const value = parse(await bytesOf(document, read));
    format = formatOf(value);
    content = format.read(value);
  } catch (error) {
    if (![BadJson, Misshapen, Unreadable].some((kind) => error instanceof kind)) throw error;
    return { format: format?.named ?? null, content: null, rows: [{ name: "shape", fault: error.message }] };
  }
  return { format: format.named, content, rows: [{ name: "shape", fault: null }, ...format.check(content, settings)] };
}

export const holds = ({ rows }) => rows.every(({ fault }) => fault === null);
