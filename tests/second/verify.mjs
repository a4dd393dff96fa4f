// A second verifier of draws, written from docs/verify.md alone, for node 20 and without packages.
//
//   node verify.mjs [--chain FILE] [--allow-operator-trusted] [--commitment HEX] [--digest HEX] [--round N] FILE…
//   node verify.mjs --rank FILE
//
// Exits with 0 only if every file holds, with 1 if one does not, with 2 if called wrongly. The second form ranks lists:
// FILE is an array of objects with id, seed, round, randomness (both null without a beacon) and entrants, and for each
// one line is printed, an object with key and ranking.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { QUICKNET, chainFrom } from "./beacon.mjs";
import { check, drawKey, listDigest, rank } from "./draw.mjs";
import { Missing, Unreadable, documents, load } from "./files.mjs";
import { BadJson, parse } from "./json.mjs";
import { Misshapen, draw } from "./shape.mjs";

const [HOLDS, REFUSED, BAD_USAGE] = [0, 1, 2];

class Wrongly extends Error {}

const options = {
  chain: { type: "string" },
  "allow-operator-trusted": { type: "boolean", default: false },
  commitment: { type: "string" },
  digest: { type: "string" },
  round: { type: "string" },
  rank: { type: "string" },
};

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if ((positionals.length === 0) === (values.rank === undefined)) throw new Error("name the files to verify");
    if (!/^[1-9][0-9]{0,15}$/.test(values.round ?? "1")) throw new Error("--round is a whole number from 1");
    return { values, positionals };
  } catch (error) {
    throw new Wrongly(error.message);
  }
}

function readChain(path) {
  if (path === undefined) return QUICKNET;
  try {
    return chainFrom(parse(readFileSync(path)));
  } catch (error) {
    throw new Wrongly(`--chain ${path}: ${error.message}`);
  }
}

function shaped(document) {
  try {
    return { read: draw(parse(load(document))), fault: null };
  } catch (error) {
    if (![BadJson, Misshapen, Unreadable].some((kind) => error instanceof kind)) throw error;
    return { read: null, fault: error.message };
  }
}

function verify(document, settings) {
  const { read, fault } = shaped(document);
  const rows = [{ name: "shape", fault }, ...(read === null ? [] : check(read, settings))];
  for (const row of rows) console.log(row.fault === null ? `✓ ${row.name}` : `✗ ${row.name}: ${row.fault}`);
  const failed = rows.filter((row) => row.fault !== null).map((row) => row.name);
  console.log(`${document.label}: ${failed.length === 0 ? "holds" : `refused (${failed.join(", ")})`}`);
  return failed.length === 0;
}

function rankLists(path) {
  for (const { entrants, ...given } of JSON.parse(readFileSync(path, "utf8"))) {
    const key = drawKey({ ...given, digest: listDigest(entrants) });
    console.log(JSON.stringify({ key: key.toString("hex"), ranking: rank(key, entrants) }));
  }
  return HOLDS;
}

function main() {
  const { values, positionals } = readArguments();
  if (values.rank !== undefined) return rankLists(values.rank);
  const copied = { commitment: values.commitment?.toLowerCase(), digest: values.digest?.toLowerCase() };
  copied.round = values.round === undefined ? undefined : Number(values.round);
  const settings = { chain: readChain(values.chain), allowed: values["allow-operator-trusted"], copied };
  const verdicts = documents(positionals).map((document) => verify(document, settings));
  return verdicts.every(Boolean) ? HOLDS : REFUSED;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Wrongly || error instanceof Missing)) throw error;
  console.error(error.message);
  process.exitCode = BAD_USAGE;
}
