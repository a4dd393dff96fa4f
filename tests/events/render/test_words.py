"""Texts that name a button name the one that is there, in every language."""

import pytest

from bot.i18n import catalog, languages, plain, t

NAMED = {
    "event.answer.closed": ("cant",),
    "event.answer.maybe_no_place": ("going",),
    "event.answer.not_offered": ("going",),
    "event.checkin.how": ("here",),
    "event.checkin.until": ("new_digits",),
    "event.offer.direct": ("going",),
    "event.remind.no_answer": ("going", "maybe"),
    "event.render.here": ("here",),
    "event.role.dangerous": ("going",),
    "event.still.not_going": ("going",),
}


@pytest.mark.parametrize("language", languages())
def test_a_text_names_the_buttons_as_they_are_called(language: str) -> None:
    for key, buttons in NAMED.items():
        message = catalog(language).get(key)
        assert message is not None
        for button in buttons:
            assert plain(language, t(f"event.button.{button}")) in str(message.string), key
