// What a file says, for comparing it with what was said in public: pairs of a fact's name and a number, a text, null, or
// a list of them. A Term is a word of the page's own.

const MOST = 25;

export const term = (name, values = {}) => ({ term: name, values });

const answer = (value) => (value === null ? term("unknown") : term(value ? "yes" : "no"));

function limited(items) {
  if (items.length === 0) return term("none");
  const more = items.length - MOST;
  return more > 0 ? [...items.slice(0, MOST), term("more", { n: more })] : items;
}

const time = (seconds) => new Date(1000 * seconds).toISOString().replace(".000", "");

function ofDraw(draw) {
  const { number, id, prize, guild_id: server, closed_at: closed } = draw.giveaway;
  const won = draw.results.filter(({ outcome }) => outcome === "won");
  return [
    ["number", number],
    ["id", id],
    ["prize", prize],
    ["server", server],
    ["closed", time(closed)],
    ["commitment", draw.commitment],
    ["digest", draw.entrants_digest],
    ["entries", draw.entrants.length],
    ["tickets", draw.entrants.reduce((total, [, weight]) => total + weight, 0)],
    ["chain", draw.beacon?.chain ?? term("none")],
    ["round", draw.freezes.at(-1)?.round ?? term("none")],
    ["winners", limited(won.map(({ user_id: user }) => user ?? term("erased")))],
  ];
}

const COUNTS = { single: "counts", multiple: "counts", ranked: "first_choices", rating: "ratings" };

function ofPoll({ poll, options, rule, counts, winners, turnout, passed }) {
  const each = (count) => (Array.isArray(count) ? count.join(" · ") : count);
  return [
    ["number", poll.number],
    ["question", poll.question],
    ["server", poll.guild_id],
    ["closed", time(poll.closed_at)],
    ["winner", winners.length === 0 ? term("none") : options[winners[0]]],
    [COUNTS[rule.kind], options.map((option, index) => `${option}: ${each(counts[index])}`)],
    ["ballots", turnout.ballots],
    ["blank", turnout.blank],
    ["passed", answer(passed)],
  ];
}

const ofLedger = ({ guild_id: server, head, rows }) => [
  ["server", server],
  ["rows", rows.length],
  ["head", head.hash],
];

const OF = { "ikuzo-draw/1": ofDraw, "ikuzo-poll/1": ofPoll, "ikuzo-ledger/1": ofLedger };

export const summary = (format, content) => OF[format](content);

// What each receipt's ballot says, in words; null for another format and where there are no receipts.
export function receipts(format, content) {
  if (format !== "ikuzo-poll/1" || !content.ballots.some(({ receipt }) => receipt !== null)) return null;
  const { options, rule, ballots } = content;
  const chosen = (choices) => {
    if (choices.length === 0) return null;
    if (rule.kind === "rating") return choices.map((stars, index) => `${options[index] ?? "?"} ${stars ?? "–"}`).join(", ");
    return choices.map((index) => options[index] ?? "?").join(rule.kind === "ranked" ? " → " : ", ");
  };
  return new Map(ballots.map(({ receipt, choices }) => [receipt, chosen(choices)]));
}
