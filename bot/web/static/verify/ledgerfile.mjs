// The fields of an `ikuzo-ledger/1` file: docs/verify.md, "The ledger file".

import { Misshapen, discordId, hex, instant, list, matching, oneOf, orNull, record, refuse, text, whole } from "./fields.mjs";
import { printable } from "./json.mjs";

const NAME = /^[a-z][a-z0-9_]{0,31}$/;

const named = (read) => (value, at) => {
  if (!(value instanceof Map)) refuse(at, "an object");
  const result = {};
  for (const [name, each] of value) {
    if (!NAME.test(name)) throw new Misshapen(`${at} has a field named ${printable(name)}`);
    result[name] = read(each, `${at}.${name}`);
  }
  return result;
};

const sealed = (read) => (value, at) => {
  const seal = record({ digest: hex(64), salt: orNull(hex(32)), value: orNull(read) })(value, at);
  return (seal.salt === null) === (seal.value === null) ? seal : refuse(at, "erased altogether, or not at all");
};

const bounded = (pattern, wanted) => (value, at) => {
  const found = matching(pattern, wanted)(value, at);
  return found.length <= 64 ? found : refuse(at, "at most 64 characters");
};

const fact = (value, at) => {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  return whole(-Infinity)(value, at);
};

// The times of rows are hashed as they are written.
const written = (value, at) => (instant(value, at) === undefined ? undefined : value);

const row = record({
  seq: whole(1),
  at: written,
  kind: bounded(/^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/, "a kind of row"),
  subject: orNull(bounded(/^[a-z][a-z0-9._-]*(:[a-zA-Z0-9._-]+)*$/, "a subject")),
  actor: orNull(sealed(discordId)),
  persons: named(sealed(discordId)),
  texts: named(sealed(text)),
  facts: named(fact),
  hash: hex(64),
});

export const readLedger = (value) =>
  record({
    format: oneOf("ikuzo-ledger/1"),
    guild_id: discordId,
    head: record({ seq: whole(0), hash: hex(64) }),
    rows: list(row),
  })(value, "the file");
