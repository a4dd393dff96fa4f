// A poll of which only totals were published: docs/verify.md, "Only totals".

import { demand, run } from "./checks.mjs";
import { best, decide, hasLeastHash, hashesOf } from "./count.mjs";
import { passes, support } from "./passed.mjs";

const FEWEST = 5;

const big = (value) => {
  if (Array.isArray(value)) return value.map(big);
  return value === null ? null : BigInt(value);
};
const total = (counts) => counts.reduce((sum, count) => sum + (count ?? 0n), 0n);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function onlyTotals({ rule, ballots, turnout }) {
  return rule.secrecy === "secret" && ballots.length === 0 && turnout.ballots < FEWEST;
}

function counts({ n, kind, counted, size, most }) {
  demand(n >= 0n, "more are blank than there are");
  const each = kind === "rating" ? counted.map(total) : counted;
  demand(each.every((count) => count <= n), `an option has more than all ${n} ballots`);
  const factor = { single: 1, ranked: 1, multiple: Math.min(most ?? size, size), rating: size }[kind];
  const sum = total(each);
  demand(sum >= n && sum <= BigInt(factor) * n, `${n} ballots cannot come to ${sum} altogether`);
}

// What the rounds come to, if they can be: who wins, and the ties on the way. Else why not.
function followed({ n, kind, counted, rounds, hashes }) {
  if (kind !== "ranked" || n <= 0n) return { fault: rounds.length === 0 ? null : "there is nothing to run off", ties: [] };
  if (rounds.length === 0) return { fault: "there is none" };
  const ties = [];
  for (const [at, round] of rounds.entries()) {
    const outcome = decide(rounds.slice(0, at + 1).map((each) => each.counts), hashes);
    const fault = roundFault(round, at, { n, counted, rounds }) ?? decisionFault(round, outcome, at === rounds.length - 1);
    if (fault !== null) return { fault: `round ${at + 1}: ${fault}` };
    if (outcome.tie !== null) ties.push(outcome.tie);
    if (outcome.winner !== null) return { fault: null, winner: outcome.winner, ties };
  }
  return { fault: "nobody wins" };
}

function roundFault({ counts: here, exhausted }, at, { n, counted, rounds }) {
  const out = new Set(rounds.slice(0, at).map(({ eliminated }) => eliminated));
  if (!here.every((count, index) => (count === null) === out.has(index))) return "others are out than were eliminated";
  if (total(here) + exhausted !== n) return `it does not come to ${n} ballots`;
  if (at === 0) {
    const first = exhausted === 0n && here.every((count, index) => count === counted[index]);
    return first ? null : "it is not the first choices";
  }
  const before = rounds[at - 1];
  const grows = exhausted >= before.exhausted && here.every((count, index) => count === null || count >= before.counts[index]);
  return grows ? null : "a count gets less";
}

function decisionFault({ eliminated }, outcome, last) {
  if (outcome.eliminated !== eliminated) return "another goes out, or nobody";
  return last === (outcome.winner !== null) ? null : "it is the last and decides nothing, or decides and is not";
}

function rounds({ run: { fault } }) {
  demand(fault === null, fault);
}

function pairwise({ poll: { condorcet, schulze }, n, kind }) {
  if (kind !== "ranked" || n <= 0n) {
    demand(condorcet === null && schulze === null, "there are no pairs to compare");
    return;
  }
  demand(schulze !== null, "there is always a Schulze winner");
  demand(condorcet === null || condorcet === schulze, "who beats all others is the Schulze winner too");
}

function winners({ poll, found }) {
  demand(found !== null, "the rounds do not hold");
  demand(same(poll.winners, found.winners), `the totals come to ${JSON.stringify(found.winners)}`);
}

function ties({ poll, found, kind, hashes }) {
  demand(found !== null, "the rounds do not hold");
  const here = poll.ties;
  if (same(here, found.ties)) return;
  const ofSchulze = here.at(-1);
  const more = kind === "ranked" && found.winners.length > 0 && here.length === found.ties.length + 1;
  demand(more && same(here.slice(0, -1), found.ties), `the totals come to ${JSON.stringify(found.ties)}`);
  const ascends = ofSchulze.every((index, at) => at === 0 || ofSchulze[at - 1] < index);
  demand(ofSchulze.length > 1 && ascends, "the tie of the Schulze winner is none");
  demand(poll.condorcet === null, "who beats all others is level with nobody");
  demand(hasLeastHash(poll.schulze, ofSchulze, hashes), "the tie of the Schulze winner is another's");
}

function turnout({ poll: { turnout: given }, n, last }) {
  demand(n >= 0n, "more are blank than there are");
  demand(given.weight === given.ballots, "each ballot weighs 1");
  demand(BigInt(given.exhausted) === (last?.exhausted ?? 0n), "exhausted is not that of the last round");
}

function passed({ poll, found }) {
  demand(found !== null, "the rounds do not hold");
  demand(poll.passed === found.passed, `the totals come to ${found.passed}`);
}

// Who wins by the totals, the ties on the way, and whether it passed; null where the rounds do not hold.
function decided({ poll, n, kind, counted, rounds: given, hashes, run: { fault, winner, ties: onTheWay } }) {
  if (kind === "ranked" && fault !== null) return null;
  let outcome = { winners: [], ties: [] };
  if (n > 0n && kind === "ranked") outcome = { winners: [winner], ties: onTheWay };
  else if (n > 0n) {
    const first = best(kind, counted, hashes);
    outcome = { winners: [first.winner], ties: first.ties };
  }
  const backing = support(kind, counted, given, outcome.winners, n);
  const { quorum, threshold } = poll.rule;
  const { ballots, eligible } = poll.turnout;
  return { ...outcome, passed: passes({ quorum, threshold, ballots, eligible, support: backing }) };
}

// The checks from the counts on.
export function checkTotals(poll) {
  const size = poll.options.length;
  const facts = {
    poll,
    size,
    kind: poll.rule.kind,
    most: poll.rule.max_choices,
    n: BigInt(poll.turnout.ballots) - BigInt(poll.turnout.blank),
    counted: big(poll.counts),
    rounds: poll.rounds.map((round) => ({ ...round, counts: big(round.counts), exhausted: BigInt(round.exhausted) })),
    hashes: hashesOf(poll.poll.id, size),
  };
  facts.last = facts.rounds.at(-1);
  facts.run = followed(facts);
  facts.found = decided(facts);
  return run({ counts, rounds, pairs: pairwise, winners, ties, turnout, passed }, facts);
}
