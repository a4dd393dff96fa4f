"""What a refusal must say, in every language."""

from collections.abc import Callable

import pytest

from bot import markup
from bot.errors import BadInput
from bot.i18n import Text, languages, plain, render


def refused(read: Callable[[], object], key: str, value: str) -> Text:
    """Assert that *read* is refused for the reason *key*, by sentences that contain the value; returns the text."""
    with pytest.raises(BadInput) as refusal:
        read()
    text = refusal.value.text
    assert text.key == key
    for language in languages():
        assert markup.escape(value) in render(language, text)
        assert value in plain(language, text)
    return text
