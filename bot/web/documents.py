"""Pages in every language: their texts come out of the catalogs, all of them, so that a page can change over.

Nothing of a visitor is in a page, and nothing in it is a script: the texts stand in a ``<template>``, where
``texts.js`` finds them.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from bot.i18n import Text, language_name, languages, plain

STATIC: Final = Path(__file__).parent / "static"
SHARED: Final = (STATIC / "texts.js", STATIC / "page.css")
"""What every page has, beside its own files."""


def documents(template: Path, known: Mapping[str, Text], fixed: Mapping[str, str]) -> Mapping[str, str]:
    """Return a page by language: *known* are its texts by the names its script knows, *fixed* is put in as it is.

    The template's ``$texts`` are all texts in all languages, its ``$buttons`` change over to one.
    """
    page = Template(template.read_text(encoding="utf-8"))
    stored = "\n".join(_stored(language, known) for language in languages())
    buttons = "\n".join(
        f'<button type="button" class="quiet" lang="{each}" data-language="{each}">'
        f"{escape(language_name(each))}</button>"
        for each in languages()
    )
    return {
        language: page.substitute(
            {name: escape(plain(language, text)) for name, text in known.items()},
            **fixed,
            language=language,
            texts=stored,
            buttons=buttons,
        )
        for language in languages()
    }


def _stored(language: str, known: Mapping[str, Text]) -> str:
    lines = "".join(f'<p data-name="{name}">{escape(plain(language, text))}</p>' for name, text in known.items())
    return f'<div lang="{language}">{lines}</div>'
