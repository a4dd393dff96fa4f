"""Holds code and catalogs against each other; pure, so that the check itself can be tested."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog

NAMERS = frozenset({"t", "desc"})
LONGEST_DESCRIPTION = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One call that names a text; *params* is None where not all of them can be read from the source."""

    where: str
    namer: str
    key: str
    params: frozenset[str] | None


def literals(tree: ast.AST) -> set[str]:
    """Return every string written in a source."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def uses(tree: ast.AST, where: str) -> Iterator[Use]:
    """Yield the calls of ``t`` and ``desc`` whose key is written in the call, both keys of a choice between two."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in NAMERS:
            continue
        named = [keyword.arg for keyword in node.keywords]
        params = None if None in named else frozenset(filter(None, named))
        first = node.args[0]
        for key in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Use(f"{where}:{node.lineno}", name, key.value, params)


def forms(catalog: Catalog, key: str) -> tuple[str, ...]:
    """Return a text's wordings, one for each plural form; an empty one where it is missing."""
    message = catalog.get(key)
    string = "" if message is None else message.string
    return tuple(map(str, string)) if isinstance(string, (tuple, list)) else (string or "",)


def is_plural(catalog: Catalog, key: str) -> bool:
    """Whether a text has plural forms."""
    message = catalog.get(key)
    return message is not None and isinstance(message.id, tuple)


def placeholders(wording: str) -> set[str]:
    """Return the names between braces; raises ValueError for braces that do not match."""
    return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}


def keys(catalog: Catalog) -> set[str]:
    """Return a catalog's keys, without its header."""
    return {
        str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id) for message in catalog if message.id
    }


def between_catalogs(catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """Yield what differs between the languages, or is wrong in one of them."""
    everything = set[str]().union(*map(keys, catalogs.values()))
    for key in sorted(everything):
        wanted: set[str] | None = None
        plurals = {is_plural(catalog, key) for catalog in catalogs.values()}
        if len(plurals) > 1:
            yield f"{key} has plural forms in some languages only"
        for language, catalog in catalogs.items():
            wordings = forms(catalog, key)
            if not all(wording.strip() for wording in wordings):
                yield f"{language}.po has no {key}"
                continue
            if is_plural(catalog, key) and len(wordings) != catalog.num_plurals:
                yield f"{language}.po: {key} has {len(wordings)} forms, not {catalog.num_plurals}"
            found = set[str]().union(*map(placeholders, wordings))
            # "An entry" may do without its number.
            if any(placeholders(wording) | {"n"} != found | {"n"} for wording in wordings):
                yield f"{language}.po: the forms of {key} have different placeholders"
            if wanted is not None and found != wanted:
                yield f"{language}.po: {key} has placeholders {sorted(found)}, others {sorted(wanted)}"
            wanted = found if wanted is None else wanted


def between_code_and_catalogs(sources: Mapping[str, str], catalogs: Mapping[str, Catalog]) -> Iterator[str]:
    """Yield texts that code names and no catalog has, that none names, and parameters that do not fit."""
    trees = {where: ast.parse(source) for where, source in sources.items()}
    written = set[str]().union(*map(literals, trees.values()))
    everything = set[str]().union(*map(keys, catalogs.values()))
    yield from (f"{key} is used nowhere" for key in sorted(everything - written))
    for use in (use for where, tree in trees.items() for use in uses(tree, where)):
        if use.key not in everything:
            yield f"{use.where}: no catalog has {use.key}"
            continue
        yield from _misfits(use, catalogs.values())


def _misfits(use: Use, catalogs: Iterable[Catalog]) -> Iterator[str]:
    wordings = [wording for catalog in catalogs for wording in forms(catalog, use.key)]
    needed = set[str]().union(*map(placeholders, wordings))
    plural = any(is_plural(catalog, use.key) for catalog in catalogs)
    if use.namer == "desc":
        if plural or needed:
            yield f"{use.where}: {use.key} is shown by Discord as it stands, without plurals or placeholders"
        if max(map(len, wordings)) > LONGEST_DESCRIPTION:
            yield f"{use.where}: {use.key} is longer than Discord's {LONGEST_DESCRIPTION} characters"
        return
    if plural:
        needed.add("n")
    if use.params is not None and set(use.params) != needed:
        yield f"{use.where}: {use.key} is given {sorted(use.params)} and needs {sorted(needed)}"


def sources(*folders: Path) -> dict[str, str]:
    """Return the text of every Python file below the folders, by its path from beside them."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    }
