// The fields of an `ikuzo-draw/1` file: docs/verify.md, "The file". A reader takes a value and the place it stands at,
// and returns it or throws.

import { printable } from "./json.mjs";

export class Misshapen extends Error {}

const RANKING_LIMIT = 100_000;
const ID_BOUND = 2n ** 64n;

function refuse(at, wanted) {
  throw new Misshapen(`${at} must be ${wanted}`);
}

const record = (fields, optional = {}) => (value, at) => {
  if (!(value instanceof Map)) refuse(at, "an object");
  for (const name of value.keys()) {
    if (!Object.hasOwn(fields, name) && !Object.hasOwn(optional, name)) {
      throw new Misshapen(`${at} has the unknown field ${printable(name)}`);
    }
  }
  const result = {};
  for (const [name, read] of Object.entries({ ...fields, ...optional })) {
    if (value.has(name)) result[name] = read(value.get(name), `${at}.${name}`);
    else if (Object.hasOwn(fields, name)) throw new Misshapen(`${at} lacks the field ${name}`);
  }
  return result;
};

const list = (read) => (value, at) => {
  if (!Array.isArray(value)) refuse(at, "an array");
  return value.map((item, index) => read(item, `${at}[${index}]`));
};

const pair = (first, second) => (value, at) => {
  if (!Array.isArray(value) || value.length !== 2) refuse(at, "an array of two");
  return [first(value[0], `${at}[0]`), second(value[1], `${at}[1]`)];
};

const orNull = (read) => (value, at) => (value === null ? null : read(value, at));

const text = (value, at) => (typeof value === "string" ? value : refuse(at, "text"));

const words = (value, at) =>
  typeof value === "string" && value.trim() !== "" ? value : refuse(at, "a reason in words");

const matching = (pattern, wanted) => (value, at) =>
  typeof value === "string" && pattern.test(value) ? value : refuse(at, wanted);

const hex = (digits) => matching(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} lower-case hex digits`);

const whole = (least) => (value, at) => {
  if (typeof value !== "number" || value < least) refuse(at, `a whole number from ${least}`);
  return value + 0; // -0 is 0
};

const instant = (value, at) => {
  const wanted = "a time in whole UTC seconds";
  matching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/, wanted)(value, at);
  const moment = new Date(value);
  const exists = !Number.isNaN(moment.getTime()) && moment.toISOString() === value.replace("Z", ".000Z");
  return exists && !value.startsWith("0000") ? moment.getTime() / 1000 : refuse(at, wanted);
};

const discordId = (value, at) => {
  matching(/^[1-9][0-9]{0,19}$/, "a Discord id")(value, at);
  return BigInt(value) < ID_BOUND ? value : refuse(at, "a Discord id");
};

const address = matching(/^0x[0-9a-f]{40}$/, "an address");
const token = hex(32);

const giveaway = record({
  id: hex(32),
  number: whole(1),
  guild_id: discordId,
  prize: text,
  winners: whole(1),
  opened_at: instant,
  closed_at: instant,
});

const freeze = record({
  channel_id: discordId,
  message_id: discordId,
  at: instant,
  round: orNull(whole(1)),
  digest: hex(64),
  entries: whole(1),
  tickets: whole(1),
});

const beacon = record({ chain: hex(64), round: whole(1), signature: hex(96), randomness: hex(64) });

function result(value, at, amongHolders) {
  const row = record({
    rank: whole(1),
    token,
    user_id: orNull(amongHolders ? address : discordId),
    salt: orNull(amongHolders ? matching(/^$/, "the empty text") : hex(32)),
    outcome: matching(/^(won|passed)$/, '"won" or "passed"'),
    reason: orNull(words),
    at: instant,
  })(value, at);
  if ((row.user_id === null) !== (row.salt === null)) refuse(at, "erased altogether, or not at all");
  if ((row.reason === null) !== (row.outcome === "won")) refuse(`${at}.reason`, "null if won, and text if passed");
  return row;
}

function operatorTrusted(value, at) {
  if (value === null || value === "off") return value;
  if (typeof value === "string") refuse(at, 'null, "off" or an object');
  return record({ at: instant, abandoned_round: whole(1) })(value, at);
}

function networkId(value, at) {
  if (typeof value === "number") return whole(1)(value, at);
  matching(/^[1-9][0-9]*$/, "an EIP-155 id")(value, at);
  return Number.isSafeInteger(Number(value)) ? value : refuse(at, "an EIP-155 id");
}

function snapshot(value, at) {
  if (value === null) return null;
  const fromFile = { name: text, digest: hex(64) };
  const fromChain = { ...fromFile, chain: networkId, contract: address, block: whole(0) };
  const onlyFile = value instanceof Map && !["chain", "contract", "block"].some((name) => value.has(name));
  return record(onlyFile ? fromFile : fromChain)(value, at);
}

// The draw in a parsed file, with times in Unix seconds.
export function draw(value) {
  const amongHolders = value instanceof Map && value.get("snapshot") instanceof Map;
  const read = record(
    {
      format: matching(/^ikuzo-draw\/1$/, '"ikuzo-draw/1"'),
      giveaway,
      commitment: hex(64),
      seed: hex(64),
      freezes: list(freeze),
      beacon: orNull(beacon),
      entrants: list(pair(token, whole(-Infinity))),
      entrants_digest: hex(64),
      excluded: list(pair(token, words)),
      unchecked: list(token),
      results: list((row, at) => result(row, at, amongHolders)),
      operator_trusted: operatorTrusted,
    },
    { ranking: list(token), snapshot },
  )(value, "the file");
  if (read.ranking === undefined && read.entrants.length <= RANKING_LIMIT) {
    throw new Misshapen("the file lacks the field ranking");
  }
  return read;
}
