// The checks of a ledger: docs/verify.md, "The checks of a ledger".

import { demand, run } from "./checks.mjs";
import { hexHash } from "./sha256.mjs";

const inOrder = (entries) => Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
const digests = (values) => inOrder(Object.entries(values).map(([name, { digest }]) => [name, digest]));

// What is hashed of a row: RFC 8785, which JSON.stringify writes when the names are in order.
function canonical({ actor, at, facts, kind, persons, seq, subject, texts }) {
  return JSON.stringify({
    actor: actor === null ? null : actor.digest,
    at,
    facts: inOrder(Object.entries(facts)),
    kind,
    persons: digests(persons),
    seq,
    subject,
    texts: digests(texts),
  });
}

function numbers({ ledger }) {
  ledger.rows.forEach(({ seq }, index) => demand(seq === index + 1, `row ${index + 1} is numbered ${seq}`));
}

function chain({ ledger, genesis }) {
  let before = genesis;
  for (const row of ledger.rows) {
    before = hexHash(`${before}\n${canonical(row)}\n`);
    demand(row.hash === before, `the hash of row ${row.seq} is another`);
  }
}

function head({ ledger, genesis }) {
  const last = ledger.rows.at(-1) ?? { seq: 0, hash: genesis };
  demand(ledger.head.seq === last.seq && ledger.head.hash === last.hash, "it is not that of the last row");
}

function values({ ledger }) {
  for (const { seq, actor, persons, texts } of ledger.rows) {
    const seals = [...(actor === null ? [] : [actor]), ...Object.values(persons), ...Object.values(texts)];
    for (const { salt, value, digest } of seals) {
      demand(value === null || hexHash(`${salt}:${value}`) === digest, `a value of row ${seq} is another`);
    }
  }
}

function compared({ ledger, copied }) {
  demand(ledger.rows.some(({ hash }) => hash === copied.head), "no row has the head you gave");
}

// Every check after the shape: rows of a name and what is wrong, or null.
export function checkLedger(ledger, { copied }) {
  const facts = { ledger, copied, genesis: hexHash(`ikuzo-ledger/1\n${ledger.guild_id}\n`) };
  const checks = { numbers, chain, head, values };
  return run(copied.head === undefined ? checks : { ...checks, compared }, facts);
}
