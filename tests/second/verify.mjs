// The second verifier at a terminal, written from docs/verify.md alone, for node 20 and without packages. What it runs is
// what the page /verify runs in a browser.
//
//   node verify.mjs [--chain FILE] [--allow-operator-trusted] [--commitment HEX] [--digest HEX] [--round N] DRAW…
//   node verify.mjs [--totals] POLL…
//   node verify.mjs [--head HEX] LEDGER…
//   node verify.mjs --rank FILE
//
// Exits with 0 only if every file holds, with 1 if one does not, with 2 if called wrongly. The last form ranks lists:
// FILE is an array of objects with id, seed, round, randomness (both null without a beacon) and entrants, and for each
// one line is printed, an object with key and ranking.

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { QUICKNET, chainFrom } from "../../bot/web/static/verify/beacon.mjs";
import { hex } from "../../bot/web/static/verify/bytes.mjs";
import { drawKey, listDigest, rank } from "../../bot/web/static/verify/draw.mjs";
import { MAX_BYTES, Unreadable } from "../../bot/web/static/verify/inflate.mjs";
import { parse } from "../../bot/web/static/verify/json.mjs";
import { documents, holds, verify } from "../../bot/web/static/verify/verify.mjs";

const [HOLDS, REFUSED, BAD_USAGE] = [0, 1, 2];

class Wrongly extends Error {}

const options = {
  chain: { type: "string" },
  "allow-operator-trusted": { type: "boolean" },
  commitment: { type: "string" },
  digest: { type: "string" },
  round: { type: "string" },
  totals: { type: "boolean" },
  head: { type: "string" },
  rank: { type: "string" },
};
const OF_FORMAT = {
  "ikuzo-draw/1": ["chain", "allow-operator-trusted", "commitment", "digest", "round"],
  "ikuzo-poll/1": ["totals"],
  "ikuzo-ledger/1": ["head"],
};

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if ((positionals.length === 0) === (values.rank === undefined)) throw new Error("name the files to verify");
    if (!/^[1-9][0-9]{0,15}$/.test(values.round ?? "1")) throw new Error("--round is a whole number from 1");
    return { values, paths: [...new Set(positionals)] };
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

function read(path) {
  try {
    if (statSync(path).size > MAX_BYTES) throw new Unreadable("too large");
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Wrongly(`cannot read ${path}: ${error.code}`);
  }
}

function settingsOf(values) {
  const { commitment, digest, round, head } = values;
  const copied = { commitment: commitment?.toLowerCase(), digest: digest?.toLowerCase(), head: head?.toLowerCase() };
  copied.round = round === undefined ? undefined : Number(round);
  const allowed = values["allow-operator-trusted"] ?? false;
  return { chain: readChain(values.chain), allowed, totals: values.totals ?? false, copied };
}

function print(document, { format, rows }, given) {
  const foreign = format === null ? undefined : given.find((name) => !OF_FORMAT[format].includes(name));
  if (foreign !== undefined) throw new Wrongly(`--${foreign} is not for ${format}`);
  for (const row of rows) console.log(row.fault === null ? `✓ ${row.name}` : `✗ ${row.name}: ${row.fault}`);
  const failed = rows.filter((row) => row.fault !== null).map((row) => row.name);
  console.log(`${basename(document.name)}: ${failed.length === 0 ? "holds" : `refused (${failed.join(", ")})`}`);
}

function rankLists(path) {
  for (const { entrants, ...given } of JSON.parse(readFileSync(path, "utf8"))) {
    const key = drawKey({ ...given, digest: listDigest(entrants) });
    console.log(JSON.stringify({ key: hex(key), ranking: rank(key, entrants) }));
  }
  return HOLDS;
}

async function main() {
  const { values, paths } = readArguments();
  if (values.rank !== undefined) return rankLists(values.rank);
  const settings = settingsOf(values);
  const given = Object.keys(values);
  let good = true;
  for (const document of documents(paths)) {
    const verdict = await verify(document, (index) => read(paths[index]), settings);
    print(document, verdict, given);
    good &&= holds(verdict);
  }
  return good ? HOLDS : REFUSED;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Wrongly)) throw error;
  console.error(error.message);
  process.exitCode = BAD_USAGE;
}
