// The fields of an `ikuzo-poll/1` file: docs/verify.md, "The poll file".

import { Misshapen, bool, discordId, hex, instant, list, matching, oneOf, orNull, record, refuse, text, whole } from "./fields.mjs";

export const KINDS = ["single", "multiple", "ranked", "rating"];
const RATINGS = 5;

const within = (least, most) => (value, at) =>
  whole(least)(value, at) <= most ? whole(least)(value, at) : refuse(at, `a whole number from ${least} to ${most}`);

const sized = (read, least, most = least) => (value, at) => {
  const items = list(read)(value, at);
  return items.length >= least && items.length <= most ? items : refuse(at, `an array of ${least} to ${most}`);
};

const poll = record({
  id: hex(32),
  number: whole(1),
  guild_id: discordId,
  question: text,
  opened_at: instant,
  closed_at: instant,
});

function quorum(value, at) {
  if (typeof value === "string") return matching(/^([1-9][0-9]?|100)%$/, 'a text from "1%" to "100%"')(value, at);
  return whole(1)(value, at);
}

const rule = record({
  kind: oneOf(...KINDS),
  secrecy: oneOf("secret", "open"),
  max_choices: orNull(within(1, 25)),
  weights: bool,
  quorum: orNull(quorum),
  threshold: orNull(within(1, 100)),
});

const ballot = (open) =>
  record({
    receipt: orNull(matching(/^[0-9A-HJKMNP-TV-Z]{8}$/, "a receipt of 8 characters")),
    choices: list(orNull(whole(-Infinity))),
    weight: whole(-Infinity),
    ...(open ? { voter: orNull(discordId) } : {}),
  });

const turnout = record({
  ballots: whole(0),
  blank: whole(0),
  exhausted: whole(0),
  weight: whole(0),
  eligible: orNull(whole(0)),
});

const later = (value) => value;

// What the poll is decides how the rest is read.
function frame(value) {
  const at = "the file";
  if (!(value instanceof Map)) refuse(at, "an object");
  for (const name of ["options", "rule"]) if (!value.has(name)) throw new Misshapen(`${at} lacks the field ${name}`);
  const options = sized(text, 2, 25)(value.get("options"), `${at}.options`);
  return { options, rule: rule(value.get("rule"), `${at}.rule`) };
}

// The poll in a parsed file, with times in Unix seconds.
export function readPoll(value) {
  const shape = frame(value);
  const size = shape.options.length;
  const index = within(0, size - 1);
  const count = shape.rule.kind === "rating" ? sized(whole(0), RATINGS) : whole(0);
  const round = record({ counts: sized(orNull(whole(0)), size), exhausted: whole(0), eliminated: orNull(index) });
  const read = record({
    format: oneOf("ikuzo-poll/1"),
    poll,
    options: later,
    rule: later,
    ballots: list(ballot(shape.rule.secrecy === "open")),
    counts: sized(count, size),
    rounds: list(round),
    winners: sized(index, 0, 1),
    condorcet: orNull(index),
    schulze: orNull(index),
    ties: list(list(index)),
    turnout,
    passed: orNull(bool),
  })(value, "the file");
  return { ...read, ...shape };
}
