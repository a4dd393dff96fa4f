// The checks of a poll: docs/verify.md, "The checks of a poll".

import { demand, run } from "./checks.mjs";
import { best, hashesOf, pairs, runOff, tally, weightOf } from "./count.mjs";
import { passes, support } from "./passed.mjs";
import { checkTotals, onlyTotals } from "./totals.mjs";

const FEWEST = 5;
const MAX_WEIGHT = 100;

// By value, for what JSON can say.
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const distinct = (values) => new Set(values).size === values.length;
const plain = (value) => JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each)));

function rule({ poll }) {
  const { kind, max_choices: most, weights, secrecy } = poll.rule;
  demand(kind === "multiple" || most === null, "max_choices is of multiple choice only");
  demand(!(weights && secrecy === "secret"), "secret ballots have no weights");
  demand(distinct(poll.options), "two options are the same");
  demand(poll.poll.closed_at >= poll.poll.opened_at, "it closed before it opened");
}

function recountable({ poll, totals, accepted }) {
  if (poll.rule.secrecy === "open" || poll.ballots.length >= FEWEST) return;
  demand(totals, "a secret poll shows five ballots or more, or, with fewer, none");
  demand(accepted, "only totals were published, and they cannot be counted again; --totals accepts that");
}

function ballotFault({ rule: { kind, max_choices: most, weights }, options }, { choices, weight }) {
  const size = options.length;
  if (weight < 1 || weight > MAX_WEIGHT || (weight !== 1 && !weights)) return "its weight cannot be";
  if (choices.length === 0) return null;
  if (kind === "rating") {
    if (choices.length !== size) return "it does not rate each option or leave it out";
    if (!choices.every((rating) => rating === null || (rating >= 1 && rating <= 5))) return "a rating is not from 1 to 5";
    return choices.every((rating) => rating === null) ? "it rates nothing, and is not blank" : null;
  }
  if (!choices.every((index) => index !== null && index >= 0 && index < size)) return "it names an option that is not there";
  if (!distinct(choices)) return "it names an option twice";
  if (kind === "single" && choices.length > 1) return "it names more than one";
  if (kind !== "multiple") return null;
  if (choices.length > (most ?? size)) return "it names more than it may";
  return choices.every((index, at) => at === 0 || choices[at - 1] < index) ? null : "its options do not ascend";
}

function ballots({ fault }) {
  demand(fault === null, fault);
}

function order({ poll }) {
  const receipts = poll.ballots.map(({ receipt }) => receipt);
  const voters = poll.ballots.map(({ voter }) => voter ?? null).filter((voter) => voter !== null);
  demand(distinct(voters), "somebody voted twice");
  if (receipts.every((receipt) => receipt !== null)) {
    demand(receipts.every((receipt, at) => at === 0 || receipts[at - 1] < receipt), "the receipts do not ascend");
    return;
  }
  demand(receipts.every((receipt) => receipt === null), "some have receipts and some have none");
  const keys = poll.ballots.map(({ choices, weight }) => ({ text: JSON.stringify(choices), weight }));
  const follows = (one, other) => one.text < other.text || (one.text === other.text && one.weight <= other.weight);
  demand(keys.every((key, at) => at === 0 || follows(keys[at - 1], key)), "the ballots are not sorted");
}

// What the ballots come to, as the file should say it.
function recount({ rule: { kind, quorum, threshold }, poll: { id }, options, ballots: given, turnout: { eligible } }) {
  const all = given.map(({ choices, weight }) => ({ choices, weight: BigInt(weight) }));
  const cast = all.filter(({ choices }) => choices.length > 0);
  const counts = tally(kind, options.length, cast);
  const turnout = { ballots: all.length, blank: all.length - cast.length, exhausted: 0, weight: weightOf(all) };
  let found = { counts, rounds: [], winners: [], condorcet: null, schulze: null, ties: [], turnout };
  if (cast.length > 0) found = decided(kind, options.length, cast, hashesOf(id, options.length), found);
  const backing = support(kind, counts, found.rounds, found.winners, weightOf(cast));
  const passed = passes({ quorum, threshold, ballots: all.length, eligible, support: backing });
  return plain({ ...found, passed });
}

function decided(kind, size, cast, hashes, found) {
  if (kind !== "ranked") {
    const { winner, ties } = best(kind, found.counts, hashes);
    return { ...found, winners: [winner], ties };
  }
  const { rounds, winner, ties, exhausted } = runOff(size, cast, hashes);
  const two = pairs(size, cast, hashes);
  const turnout = { ...found.turnout, exhausted };
  const { condorcet, schulze } = two;
  return { ...found, rounds, winners: [winner], condorcet, schulze, ties: [...ties, ...two.ties], turnout };
}

const demandSame = (name) => ({ poll, found }) => {
  demand(found !== null, "such ballots cannot be counted");
  demand(same(poll[name], found[name]), `the ballots come to ${JSON.stringify(found[name])}`);
};

function pairwise(facts) {
  demandSame("condorcet")(facts);
  demandSame("schulze")(facts);
}

function turnout({ poll, found }) {
  demand(found !== null, "such ballots cannot be counted");
  for (const [name, value] of Object.entries(found.turnout)) {
    demand(poll.turnout[name] === value, `${name} comes to ${value}`);
  }
}

const BEFORE = { rule, recountable, ballots, order };
const COUNTED = {
  counts: demandSame("counts"),
  rounds: demandSame("rounds"),
  pairs: pairwise,
  winners: demandSame("winners"),
  ties: demandSame("ties"),
  turnout,
  passed: demandSame("passed"),
};

// Every check after the shape: rows of a name and what is wrong, or null.
export function checkPoll(poll, { totals: accepted }) {
  const totals = onlyTotals(poll);
  const faults = poll.ballots.map((ballot) => ballotFault(poll, ballot));
  const at = faults.findIndex((each) => each !== null);
  const fault = at < 0 ? null : `ballot ${at + 1}: ${faults[at]}`;
  const before = run(BEFORE, { poll, totals, accepted, fault });
  if (totals) return [...before, ...checkTotals(poll)];
  return [...before, ...run(COUNTED, { poll, found: fault === null ? recount(poll) : null })];
}
