"""How often, as people type it in three languages, and as it is said again."""

from datetime import datetime

import pytest

from bot.errors import BadInput
from bot.i18n import languages, plain
from cogs.events.rules.phrases import offered, read_rule, say_rule
from cogs.events.rules.recurrence import LAST, WORKDAYS, Every, Rule, anchored, slots
from cogs.events.rules.suggesting import suggested

BEGINS = datetime.fromisoformat("2026-11-24 20:00")
WEEKLY = Rule(Every.WEEK)
FIRST_SATURDAY = Rule(Every.MONTH, weekdays=(5,), nth=1)
SAME = {
    Rule(Every.DAY): "daily|every day|毎日|매일",
    WEEKLY: "weekly|every week|Weekly|毎週|매주",
    Rule(Every.WEEK, 2): "every 2 weeks|every other week|fortnightly|2週間ごと|隔週|２週間ごと|2주마다|격주",
    FIRST_SATURDAY: (
        "monthly on the first saturday|first saturday of every month|monthly on the 1st saturday|every first saturday"
        "|毎月第1土曜日|毎月第一土曜|매월 첫째 토요일|매월 첫 번째 토요일"
    ),
    Rule(Every.WEEK, weekdays=WORKDAYS): "weekdays|every weekday|平日|평일",
    Rule(Every.MONTH): "monthly|every month|毎月|매월|매달",
    Rule(Every.MONTH, day=31): "monthly on the 31st|monthly on the last day|毎月31日|毎月末日|매월 31일|매월 말일",
    Rule(Every.MONTH, day=1): "monthly on the 1st|毎月1日|매월 1일",
    Rule(Every.WEEK, weekdays=(4,)): "every friday|weekly on friday|毎週金曜日|매주 금요일",
    Rule(Every.WEEK, weekdays=(0, 3)): "weekly on mon and thu|毎週月曜と木曜|매주 월요일과 목요일|매주 월, 목",
    Rule(Every.WEEK, weekdays=(6,)): "every sunday|毎週日曜|毎週日|매주 일요일",
    Rule(Every.WEEK, 2, (4,)): "every 2 weeks on friday|every other friday|隔週金曜|2週間ごとの金曜日|격주 금요일",
    Rule(Every.DAY, 3): "every 3 days|3日ごと|3일마다",
    Rule(Every.MONTH, 3, (1,), nth=2): "every 3 months on the 2nd tuesday|3か月ごと第2火曜日|3개월마다 둘째 화요일",
    Rule(Every.MONTH, weekdays=(6,), nth=LAST): "monthly on the last sunday|毎月最終日曜日|매월 마지막 일요일",
    Rule(Every.MONTH, weekdays=(4,), nth=LAST): "last friday of the month|毎月最終金曜日|매월 마지막 금요일",
}


@pytest.mark.parametrize(("rule", "phrase"), [(rule, each) for rule in SAME for each in SAME[rule].split("|")])
def test_phrases(rule: Rule, phrase: str) -> None:
    for language in languages():
        assert read_rule(phrase, language) == rule


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("rule", SAME)
def test_what_is_said_can_be_typed(rule: Rule, language: str) -> None:
    whole = anchored(rule, BEGINS)
    assert read_rule(plain(language, say_rule(whole)), language) == whole


@pytest.mark.parametrize("day", range(1, 32))
def test_what_is_offered_suits_the_start_and_is_read_as_it(day: int) -> None:
    begins = BEGINS.replace(month=12, day=day)
    for rule, phrase in offered(begins).items():
        assert anchored(read_rule(phrase, "ja"), begins) == anchored(rule, begins)
        if rule.nth is not None:
            assert next(slots(rule, begins)) == begins or rule.nth == LAST


@pytest.mark.parametrize("language", languages())
def test_phrases_are_suggested_while_typing_in_any_language(language: str) -> None:
    everything = suggested("", language)
    assert len(everything) == len(set(everything)) > 15
    for phrase in everything:
        read_rule(phrase, language)
    for typed, rule in (("first sat", FIRST_SATURDAY), ("第1土", FIRST_SATURDAY), ("매월 첫째 토", FIRST_SATURDAY)):
        assert {read_rule(phrase, language) for phrase in suggested(typed, language)} == {rule}
    assert suggested("every 3 weeks", language)[0] == "every 3 weeks"
    assert suggested("x" * 5_000, language) == []


@pytest.mark.parametrize(
    "phrase",
    "|yearly|friday|every 2|every 0 weeks|every 100 days|monthly on the 32nd|monthly on the 0"
    "|monthly on the 5th saturday|weekly weekly|2|曜日|매|first|every 2 2 weeks|".split("|"),
)
def test_what_is_no_rule_is_refused_with_an_example(phrase: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_rule(phrase, "en")
    assert "every 2 weeks" in plain("en", refusal.value.text)


def test_a_very_long_text_is_not_read_at_all() -> None:
    with pytest.raises(BadInput):
        read_rule("every " * 1_000, "en")


def test_sentences() -> None:
    until = Rule(Every.MONTH, weekdays=(5,), nth=1, until=BEGINS)
    assert plain("en", say_rule(until)) == "every month on the first Saturday, until 2026-11-24"
    assert plain("ja", say_rule(until)) == "毎月第1土曜日、2026-11-24まで"
    assert plain("ko", say_rule(until)) == "매월 첫째 토요일, 2026-11-24까지"
    assert plain("en", say_rule(Rule(Every.WEEK, weekdays=WORKDAYS))) == "every weekday, Monday to Friday"
