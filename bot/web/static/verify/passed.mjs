// Whether a poll passed: docs/verify.md, "How polls are counted", its last part.

import { continuing, pointsOf } from "./count.mjs";

// The support of the winner, as a fraction [above, below].
export function support(kind, counts, rounds, winners, cast) {
  if (winners.length === 0) return [0n, 1n];
  const [winner] = winners;
  if (kind === "ranked") return [rounds.at(-1).counts[winner], continuing(rounds.at(-1).counts)];
  if (kind !== "rating") return [counts[winner], cast];
  const weight = counts[winner].reduce((total, each) => total + each, 0n);
  return [pointsOf(counts[winner]) - weight, 4n * weight];
}

const reaches = ([above, below], percent) => above * 100n >= BigInt(percent) * below;

function quorate({ quorum, ballots, eligible }) {
  if (quorum === null) return true;
  if (typeof quorum === "number") return ballots >= quorum;
  if (eligible === null) return null;
  return BigInt(ballots) * 100n >= BigInt(quorum.slice(0, -1)) * BigInt(eligible);
}

export function passes({ quorum, threshold, ballots, eligible, support: backing }) {
  const met = [quorate({ quorum, ballots, eligible }), threshold === null || reaches(backing, threshold)];
  if (met.includes(false)) return false;
  return met.includes(null) ? null : true;
}
