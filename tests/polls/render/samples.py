"""Polls to look at: each kind, in each state, in each language, plain enough to be read in a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.markup import jump
from cogs.polls.rules.ballots import Ballot, Kind, Quorum, Secrecy
from cogs.polls.rules.count import Tally, count
from cogs.polls.rules.heard import Status
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.service.heard.records import Heard, Owner
from cogs.polls.service.records import Option, PollInfo
from cogs.polls.service.showing import PostView
from cogs.polls.tables import AnswerState, State

GUILD: Final = 1_400_000_000_000_000_001
CHANNEL: Final = GUILD + 1
NOW: Final = datetime(2026, 7, 3, 11, 0, tzinfo=UTC)
URL: Final = jump(GUILD, CHANNEL, GUILD + 50)
PUBLIC_ID: Final = "9f86d081884c7d659a2feaa0c55ad015"
OREN, MINA, NOOR, LENA, TOMO, JIWOO = (GUILD + 100 + number for number in range(6))
PEOPLE: Final = {OREN: "oren", MINA: "mina", NOOR: "noor", LENA: "lena", TOMO: "tomo", JIWOO: "jiwoo"}
ARTISTS, OG = GUILD + 11, GUILD + 12
ROLES: Final = {ARTISTS: "Artists", OG: "OG"}

Words = Mapping[str, tuple[str, tuple[str, ...]]]
"""A question and its options, by language."""

MEETUP: Final[Words] = {
    "en": ("Where should the September meetup be?", ("River studio", "Old library", "Night market", "Online")),
    "ja": (
        "9月の集まりはどこで開きますか?",
        ("川沿いのスタジオ", "旧図書館", "夜市", "オンライン"),
    ),
    "ko": ("9월 모임은 어디에서 할까요?", ("강변 스튜디오", "옛 도서관", "야시장", "온라인")),
}
WORKSHOPS: Final[Words] = {
    "en": (
        "Which workshops would you come to?",
        ("Linocut for beginners", "Bookbinding", "Watercolour outdoors", "3D scanning with your phone", "Risograph"),
    ),
    "ja": (
        "どのワークショップなら参加しますか?",
        ("はじめてのリノカット", "製本", "屋外で水彩", "スマートフォンで3Dスキャン", "リソグラフ"),
    ),
    "ko": (
        "어떤 워크숍이라면 오시겠어요?",
        ("처음 하는 리노컷", "제본", "야외 수채화", "휴대전화로 3D 스캔", "리소그래프"),
    ),
}
EXHIBITION: Final[Words] = {
    "en": (
        "What should the winter exhibition be about?",
        ("Light in the dark", "Machines that dream", "Small rooms", "What the sea returns", "Paper", "Neighbours"),
    ),
    "ja": (
        "冬の展覧会のテーマは何がよいですか?",
        ("闇のなかの光", "夢を見る機械", "小さな部屋", "海が返すもの", "紙", "隣人"),
    ),
    "ko": (
        "겨울 전시의 주제로 무엇이 좋을까요?",
        ("어둠 속의 빛", "꿈꾸는 기계", "작은 방", "바다가 돌려주는 것", "종이", "이웃"),
    ),
}
_COLOURS_EN: Final = "Indigo|Vermilion|Moss|Ochre|Ash|Plum|Celadon|Rust|Ivory|Charcoal|Saffron|Teal|Rose"
_MORE_EN: Final = "Sand|Cobalt|Olive|Lilac|Amber|Slate|Coral|Mint|Umber|Pearl|Wine|Sky"
_COLOURS_JA: Final = "藍|朱|苔|黄土|灰|梅|青磁|錆|象牙|炭|サフラン|鴨の羽|薔薇"
_MORE_JA: Final = "砂|コバルト|オリーブ|藤|琥珀|石板|珊瑚|薄荷|焦茶|真珠|葡萄酒|空"
_COLOURS_KO: Final = "쪽빛|주홍|이끼|황토|잿빛|자두|청자|녹빛|상아|숯|사프란|청록|장미"
_MORE_KO: Final = "모래|코발트|올리브|라일락|호박|점판암|산호|박하|암갈|진주|포도주|하늘"
COLOURS: Final[Words] = {
    "en": ("Which colour for this year's poster?", tuple(f"{_COLOURS_EN}|{_MORE_EN}".split("|"))),
    "ja": ("今年のポスターの色はどれがよいですか?", tuple(f"{_COLOURS_JA}|{_MORE_JA}".split("|"))),
    "ko": ("올해 포스터 색은 무엇이 좋을까요?", tuple(f"{_COLOURS_KO}|{_MORE_KO}".split("|"))),
}
ANSWERS: Final = {
    "en": "We will have it at the old library: the ground floor is step-free, and the rent is paid for the year.",
    "ja": "旧図書館で開きます。1階は段差がなく、今年の賃料は支払い済みです。",
    "ko": "옛 도서관에서 열겠습니다. 1층에는 턱이 없고, 올해 임대료는 이미 냈습니다.",
}
DONE: Final = {
    "en": "It took place on Saturday; 41 people came. Photographs are in the gallery channel.",
    "ja": "土曜日に開催し、41人が参加しました。写真はギャラリーのチャンネルにあります。",
    "ko": "토요일에 열렸고 41명이 왔습니다. 사진은 갤러리 채널에 있습니다.",
}


def poll(words: Words, language: str, kind: Kind, state: State, **changes: Any) -> PollInfo:
    """Return a poll of Oren's that closes, or closed, in two days from :data:`NOW` or just now."""
    question, options = words[language]
    over = state in (State.COUNTING, State.CLOSED)
    base = PollInfo(
        id=7,
        guild_id=GUILD,
        number=12,
        public_id=PUBLIC_ID,
        state=state,
        revision=0,
        organiser_id=OREN,
        question=question,
        options=tuple(Option(text) for text in options),
        picture_id=None,
        kind=kind,
        secrecy=Secrecy.SECRET,
        results=Results.AFTER,
        max_choices=None,
        terms=Terms(),
        quorum=None,
        threshold=None,
        write_ins=False,
        receipts=True,
        ping_role=None,
        zone="UTC",
        starts_at=NOW - timedelta(days=3),
        opened_at=NOW - timedelta(days=3),
        closes_at=NOW if over else NOW + timedelta(days=2),
        extended_from=None,
        ended_early=False,
        vote_count=48,
        closed_at=NOW if over else None,
        counted_at=None,
        result=None,
        answer=None,
    )
    return replace(base, **changes)


def live(words: Words, language: str, kind: Kind, state: State, **changes: Any) -> PollInfo:
    """Return such a poll that is open, shown while it runs, for artists, the OG among them counting three times."""
    values: dict[str, Any] = {
        "secrecy": Secrecy.OPEN,
        "results": Results.LIVE,
        "terms": Terms(voters=ARTISTS, weights=((OG, 3),)),
        "quorum": Quorum(30, percent=True),
        "threshold": 50,
        "write_ins": True,
        "max_choices": 3,
    }
    return poll(words, language, kind, state, **values | changes)


def tally(info: PollInfo, eligible: int | None = None) -> Tally:
    """Count 48 ballots, two of them blank, that lean to the first options and leave some ties."""
    options = len(info.options)
    ballots = [Ballot(None, _choices(info.kind, number, options), 1 + 2 * _heavy(info, number)) for number in range(46)]
    return count(info.public_id, options, info.rule, [*ballots, Ballot(None, ()), Ballot(None, ())], eligible)


def _heavy(info: PollInfo, number: int) -> bool:
    return info.terms.is_weighted and number % 9 == 0


def _choices(kind: Kind, number: int, options: int) -> tuple[int | None, ...]:
    # Squares of numbers fall unevenly into residue classes.
    first = (number * number + number // 7) % options
    match kind:
        case Kind.SINGLE:
            return (first,)
        case Kind.MULTIPLE:
            return tuple(sorted({first, number % options}))
        case Kind.RANKED:
            order = dict.fromkeys([first, (first + 1 + number % 3) % options, number % options])
            return tuple(order)[: 1 + number % 3]
        case Kind.RATING:
            return tuple(
                None if (number + each) % 4 == 0 else 1 + (number * each + first) % 5 for each in range(options)
            )


def post(info: PollInfo, heard: Heard | None = None, seen: Tally | None = None, **changes: Any) -> PostView:
    """Return a poll's post; who organised it owes an answer unless *heard* says otherwise."""
    owed = heard or Heard(Owner(user_id=OREN), within=timedelta(days=7))
    options = [option.text for option in info.options]
    return replace(PostView(info, info.question, options, None, seen, 0, URL, owed), **changes)


def awaiting(**changes: Any) -> Heard:
    """Return an answer that Oren owes within a week."""
    base = Heard(Owner(user_id=OREN), state=AnswerState.AWAITING, due_at=NOW + timedelta(days=7))
    return replace(base, **changes)


def answered(language: str, **changes: Any) -> Heard:
    """Return an answer of Oren's that promises something for the autumn."""
    base = awaiting(
        state=AnswerState.PROMISED,
        status=Status.ACCEPTED,
        text=ANSWERS[language],
        answered_at=NOW + timedelta(days=2),
        answered_by=OREN,
        promise_due=NOW + timedelta(days=30),
    )
    return replace(base, **changes)


def kept(language: str, **changes: Any) -> Heard:
    """Return the same once the promise was reported kept."""
    values: dict[str, Any] = {
        "state": AnswerState.DONE,
        "done_at": NOW + timedelta(days=28),
        "done_by": OREN,
        "done_text": DONE[language],
        "happened": 17,
        "not_yet": 2,
    }
    return answered(language, **values | changes)


def texts(info: PollInfo) -> Sequence[str]:
    return [option.text for option in info.options]
