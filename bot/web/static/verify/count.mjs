// How polls are counted: docs/verify.md, "How polls are counted". Weights are BigInts, so that all of it is exact.

import { hexHash } from "./sha256.mjs";

const sum = (values) => values.reduce((total, value) => total + value, 0n);
export const weightOf = (ballots) => sum(ballots.map(({ weight }) => weight));

// What decides where votes cannot: each option's hash.
export const hashesOf = (id, size) => Array.from({ length: size }, (_, index) => hexHash(`${id}:${index}`));

const extreme = (indices, wins) => indices.reduce((best, index) => (wins(index, best) ? index : best));
const least = (indices, hashes) => extreme(indices, (index, best) => hashes[index] < hashes[best]);
const greatest = (indices, hashes) => extreme(indices, (index, best) => hashes[index] > hashes[best]);

export const hasLeastHash = (index, indices, hashes) => least(indices, hashes) === index;

// ---- one count

export function tally(kind, size, cast) {
  if (kind === "rating") return rated(size, cast);
  const counts = new Array(size).fill(0n);
  for (const { choices, weight } of cast) {
    for (const choice of kind === "ranked" ? choices.slice(0, 1) : choices) counts[choice] += weight;
  }
  return counts;
}

function rated(size, cast) {
  const counts = Array.from({ length: size }, () => new Array(5).fill(0n));
  for (const { choices, weight } of cast) {
    choices.forEach((rating, index) => {
      if (rating !== null) counts[index][rating - 1] += weight;
    });
  }
  return counts;
}

export const pointsOf = (weights) => sum(weights.map((weight, index) => BigInt(index + 1) * weight));

// Whether an option's ratings stand before another's: above 0, level: 0.
function compareRatings(one, other) {
  const [weighs, against] = [sum(one), sum(other)];
  if (weighs === 0n || against === 0n) return Number(weighs > 0n) - Number(against > 0n);
  const ahead = pointsOf(one) * against - pointsOf(other) * weighs;
  if (ahead !== 0n) return ahead > 0n ? 1 : -1;
  for (let stars = 4; stars >= 0; stars -= 1) {
    if (one[stars] !== other[stars]) return one[stars] > other[stars] ? 1 : -1;
  }
  return 0;
}

const compareCounts = (one, other) => (one > other ? 1 : one < other ? -1 : 0);

// Who wins by these counts, and the tie that was decided for it, if there was one.
export function best(kind, counts, hashes) {
  const compare = kind === "rating" ? compareRatings : compareCounts;
  const indices = counts.map((_, index) => index);
  const top = extreme(indices, (index, leader) => compare(counts[index], counts[leader]) > 0);
  const level = indices.filter((index) => compare(counts[index], counts[top]) === 0);
  return { winner: least(level, hashes), ties: level.length > 1 ? [level] : [] };
}

// ---- the run-off

export const continuing = (counts) => sum(counts.filter((count) => count !== null));

// What follows from the counts of all rounds so far: a winner, or who goes out; and the tie on the way, or null.
export function decide(history, hashes) {
  const counts = history.at(-1);
  const staying = counts.flatMap((count, index) => (count === null ? [] : [index]));
  const weight = continuing(counts);
  const winner = staying.find((index) => 2n * counts[index] > weight) ?? (staying.length === 1 ? staying[0] : null);
  if (winner !== null) return { winner, eliminated: null, tie: null };
  const lowest = (indices, round) => {
    const few = indices.reduce((low, index) => (round[index] < low ? round[index] : low), round[indices[0]]);
    return indices.filter((index) => round[index] === few);
  };
  const level = lowest(staying, counts);
  let kept = level;
  for (let before = history.length - 2; before >= 0 && kept.length > 1; before -= 1) {
    kept = lowest(kept, history[before]);
  }
  return { winner: null, eliminated: greatest(kept, hashes), tie: level.length > 1 ? level : null };
}

function standing(size, cast, out) {
  const counts = Array.from({ length: size }, (_, index) => (out.has(index) ? null : 0n));
  const spent = [];
  for (const ballot of cast) {
    const choice = ballot.choices.find((index) => !out.has(index));
    if (choice === undefined) spent.push(ballot);
    else counts[choice] += ballot.weight;
  }
  return { counts, spent };
}

// The rounds, who wins, the ties in order, and how many ballots are exhausted at the end.
export function runOff(size, cast, hashes) {
  const out = new Set();
  const rounds = [];
  const ties = [];
  for (;;) {
    const { counts, spent } = standing(size, cast, out);
    const history = [...rounds.map((round) => round.counts), counts];
    const { winner, eliminated, tie } = decide(history, hashes);
    rounds.push({ counts, exhausted: weightOf(spent), eliminated });
    if (tie !== null) ties.push(tie);
    if (winner !== null) return { rounds, winner, ties, exhausted: spent.length };
    out.add(eliminated);
  }
}

// ---- pairs

// d[a][b]: the weight of the ballots that have a before b. Whole numbers, as weights are at most 100.
function preferences(size, cast) {
  const d = Array.from({ length: size }, () => new Array(size).fill(0));
  for (const { choices, weight } of cast) {
    const behind = new Set(Array.from({ length: size }, (_, index) => index));
    for (const choice of choices) {
      behind.delete(choice);
      for (const other of behind) d[choice][other] += Number(weight);
    }
  }
  return d;
}

export function pairs(size, cast, hashes) {
  const d = preferences(size, cast);
  const all = Array.from({ length: size }, (_, index) => index);
  const aheadOfAll = (matrix, holds) => all.filter((a) => all.every((b) => a === b || holds(matrix[a][b], matrix[b][a])));
  const [condorcet = null] = aheadOfAll(d, (won, lost) => won > lost);
  const p = all.map((a) => all.map((b) => (d[a][b] > d[b][a] ? d[a][b] : 0)));
  for (const by of all) {
    for (const a of all) {
      for (const b of all) if (a !== b) p[a][b] = Math.max(p[a][b], Math.min(p[a][by], p[by][b]));
    }
  }
  const strongest = aheadOfAll(p, (there, back) => there >= back);
  return { condorcet, schulze: least(strongest, hashes), ties: strongest.length > 1 ? [strongest] : [] };
}
