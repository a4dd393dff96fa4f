// The checks of a draw and its ranking: docs/verify.md, "The checks, in order" and "The ranking".

import { appearsAt, roundAt, signatureFault } from "./beacon.mjs";
import { unhex, utf8 } from "./bytes.mjs";
import { demand, run } from "./checks.mjs";
import { hexHash, hmac, sha256 } from "./sha256.mjs";

const MAX_WEIGHT = 100;
const LEAD_SECONDS = 60;
const LEAST_AGE_MS = 15_000n;
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const PATIENCE_SECONDS = 24 * 3600;
const REPORT_EACH = 20_000;

const ascends = (values) => values.every((value, index) => index === 0 || values[index - 1] < value);
const distinct = (values) => new Set(values).size === values.length;

export function listDigest(entrants) {
  return hexHash(entrants.map(([token, weight]) => `${token}:${weight}\n`).join(""));
}

export function drawKey({ id, seed, digest, round, randomness }) {
  const lines = ["ikuzo-draw/1", id, seed, digest, round ?? "-", randomness ?? "-"];
  return sha256(utf8(lines.map((line) => `${line}\n`).join("")));
}

function compare(one, other) {
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return one[i] - other[i];
  return 0;
}

// The ranking of a list; `progress` is told now and then which share of its tickets has its number.
export function rank(key, entrants, progress = () => {}) {
  const numbered = hmac(key);
  const tickets = entrants.reduce((total, [, weight]) => total + weight, 0);
  let done = 0;
  const score = (token, weight) => {
    let least = null;
    for (let ticket = 0; ticket < weight; ticket += 1) {
      const number = numbered(utf8(`${token}:${ticket}`));
      if (least === null || compare(number, least) < 0) least = number;
      done += 1;
      if (done % REPORT_EACH === 0) progress(done / tickets);
    }
    return least;
  };
  const scored = entrants.map(([token, weight]) => ({ token, score: score(token, weight) }));
  scored.sort((one, other) => compare(one.score, other.score) || (one.token < other.token ? -1 : 1));
  return scored.map(({ token }) => token);
}

// Why nobody may draw from this list, or null.
function listFault(entrants) {
  if (entrants.length === 0) return "nobody is on it";
  if (!entrants.every(([, weight]) => weight >= 1 && weight <= MAX_WEIGHT)) return "a weight is not from 1 to 100";
  return ascends(entrants.map(([token]) => token)) ? null : "the tokens do not ascend";
}

function list({ draw }) {
  const fault = listFault(draw.entrants);
  demand(fault === null, fault);
}

function leftOut({ draw }) {
  const listed = new Set(draw.entrants.map(([token]) => token));
  const excluded = draw.excluded.map(([token]) => token);
  demand(distinct(excluded) && distinct(draw.unchecked), "a token is there twice");
  demand(!excluded.some((token) => listed.has(token)), "a token is excluded and on the list");
  demand(draw.unchecked.every((token) => listed.has(token)), "an unchecked token is not on the list");
}

function digest({ draw, computed }) {
  demand(draw.entrants_digest === computed, `the list's is ${computed}`);
}

function commitment({ draw }) {
  demand(draw.commitment === hexHash(unhex(draw.seed)), "it is not the hash of the seed");
}

function freezes({ draw, computed }) {
  const tickets = draw.entrants.reduce((total, [, weight]) => total + weight, 0);
  demand(draw.freezes.length > 0, "there is none");
  for (const freeze of draw.freezes) {
    demand(freeze.digest === computed, `${freeze.message_id} shows another list`);
    demand(freeze.entries === draw.entrants.length, `${freeze.message_id} shows another number of entries`);
    demand(freeze.tickets === tickets, `${freeze.message_id} shows another number of tickets`);
  }
  demand(ascends(draw.freezes.map(({ message_id }) => BigInt(message_id))), "the message ids do not ascend");
}

function rounds({ draw, chain }) {
  const numbers = draw.freezes.map(({ round }) => round);
  if (draw.operator_trusted === "off") {
    demand(numbers.every((round) => round === null), "there was no beacon, and a freeze names a round");
    return;
  }
  for (const { at, round, message_id } of draw.freezes) {
    const due = roundAt(chain, at + LEAD_SECONDS);
    demand(round === due, `${message_id} names ${round}, and the freeze time gives ${due}`);
  }
  demand(ascends(numbers), "they do not ascend");
}

function timing({ draw, chain }) {
  demand(draw.freezes.length > 0, "there is no freeze message");
  const counts = ({ round, message_id }) => {
    if (round === null) return true;
    const made = (BigInt(message_id) >> 22n) + DISCORD_EPOCH_MS;
    return BigInt(appearsAt(chain, round)) * 1000n - made >= LEAST_AGE_MS;
  };
  draw.freezes.forEach((freeze, index) => {
    const last = index === draw.freezes.length - 1;
    if (last) demand(counts(freeze), `${freeze.message_id} was posted too late to count`);
    else demand(!counts(freeze), `${freeze.message_id} counted already, and another follows`);
  });
}

function trust({ draw, last, allowed }) {
  const { operator_trusted: trusted, beacon } = draw;
  if (trusted === null) {
    demand(beacon !== null, "there is no beacon, and nothing says so");
    return;
  }
  demand(beacon === null, "there is a beacon, and the operator is to be trusted");
  if (trusted !== "off") {
    demand(trusted.abandoned_round === last?.round, "the abandoned round is not that of the last freeze");
    demand(trusted.at - last.at >= PATIENCE_SECONDS, "the beacon was abandoned within 24 hours");
  }
  demand(allowed, "whoever runs the bot knew the result of every list; --allow-operator-trusted accepts that");
}

function beacon({ draw, last, chain, randomness }) {
  if (draw.beacon === null) return;
  demand(draw.beacon.chain === chain.hash, "it is another chain's");
  demand(draw.beacon.round === last?.round, "it is not the round of the last freeze");
  const fault = signatureFault(chain, draw.beacon.round, draw.beacon.signature);
  demand(fault === null, `signature: ${fault}`);
  demand(draw.beacon.randomness === randomness, "the randomness is not the hash of the signature");
}

function ranking({ draw, ranked }) {
  demand(ranked !== null, "such a list cannot be ranked");
  if (draw.ranking === undefined) return;
  const same = draw.ranking.length === ranked.length && draw.ranking.every((token, index) => token === ranked[index]);
  demand(same, "it is not the one computed");
}

function results({ draw, ranked }) {
  const rows = draw.results;
  demand(ranked !== null, "such a list cannot be ranked");
  rows.forEach((row, index) => {
    demand(row.rank === index + 1 && row.token === ranked[index], `row ${index + 1} is not the ranking's place`);
  });
  const passed = rows.filter(({ outcome }) => outcome === "passed").length;
  const won = rows.length - passed;
  demand(won === Math.min(draw.giveaway.winners, ranked.length - passed), `${won} won, which is not their number`);
  demand(rows.length === ranked.length || rows.at(-1)?.outcome === "won", "the last row is no winner's");
}

function people({ draw }) {
  const rows = draw.results.filter(({ user_id }) => user_id !== null);
  for (const { rank: place, token, user_id, salt } of rows) {
    const owned = hexHash(`${draw.giveaway.id}:${user_id}:${salt}`).slice(0, 32);
    demand(owned === token, `the token of place ${place} is somebody else's`);
  }
  demand(distinct(rows.map(({ user_id }) => user_id)), "somebody is there twice");
}

function compared({ draw, last, copied }) {
  demand([undefined, draw.commitment].includes(copied.commitment), "the commitment is another");
  demand([undefined, draw.entrants_digest].includes(copied.digest), "the digest is another");
  demand([undefined, last?.round].includes(copied.round), "the round is another");
}

const CHECKS = {
  list,
  "left out": leftOut,
  digest,
  commitment,
  freezes,
  rounds,
  timing,
  trust,
  beacon,
  ranking,
  results,
  people,
};

// Every check after the shape: rows of a name and what is wrong, or null.
export function checkDraw(draw, { chain, allowed, copied, progress }) {
  const computed = listDigest(draw.entrants);
  const round = draw.beacon?.round;
  const randomness = draw.beacon === null ? null : hexHash(unhex(draw.beacon.signature));
  const key = drawKey({ id: draw.giveaway.id, seed: draw.seed, digest: computed, round, randomness });
  const ranked = listFault(draw.entrants) === null ? rank(key, draw.entrants, progress) : null;
  const facts = { draw, chain, allowed, copied, computed, randomness, ranked, last: draw.freezes.at(-1) };
  const asked = [copied.commitment, copied.digest, copied.round].some((value) => value !== undefined);
  return run(asked ? { ...CHECKS, compared } : CHECKS, facts);
}
