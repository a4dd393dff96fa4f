// The fields of an `ikuzo-draw/1` file: docs/verify.md, "The file".

import { Misshapen, discordId, hex, instant, list, matching, oneOf, orNull, pair, record, refuse, text, whole, words } from "./fields.mjs";

const RANKING_LIMIT = 100_000;

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
    outcome: oneOf("won", "passed"),
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
export function readDraw(value) {
  const amongHolders = value instanceof Map && value.get("snapshot") instanceof Map;
  const read = record(
    {
      format: oneOf("ikuzo-draw/1"),
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
