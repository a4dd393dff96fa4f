"""The pins: all of the tree, exactly, in order."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.pins import PROJECT, pins_of, with_pins

PYPROJECT = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
PINS: list[str] = tomllib.loads(PYPROJECT)["tool"]["uv"]["constraint-dependencies"]


def pinned() -> dict[str, str]:
    """Return the version of each package that is pinned here, on this Python."""
    requirements = [Requirement(pin) for pin in PINS]
    here = [one for one in requirements if one.marker is None or one.marker.evaluate()]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in here}


def installed_tree() -> dict[str, str]:
    """Return name and version of what is installed because the project, its extras or its groups ask for it."""
    project = tomllib.loads(PYPROJECT)
    asked = [*project["project"]["dependencies"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        asked += group
    found: dict[str, str] = {}
    waiting = [Requirement(text) for text in asked if not text.startswith("ikuzo")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform or Python
        found[name] = package.version
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += needs(package.requires or [], extra)
    return found


def needs(requires: list[str], extra: str) -> Iterator[Requirement]:
    for text in requires:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def test_everything_installed_for_the_project_is_pinned() -> None:
    tree = installed_tree()
    assert {"discord-py", "sqlalchemy", "aiodns", "yarl", "simcord"} <= tree.keys()
    pins = pinned()
    assert {name: pins.get(name) for name in tree} == tree


def test_pins_are_exact_and_sorted() -> None:
    assert sorted(PINS) == PINS
    assert all(re.fullmatch(r"[a-z0-9-]+==[^ ,;*]+( ; .+)?", pin) for pin in PINS)
    assert len(set(PINS)) == len(PINS)


def test_pinning_changes_nothing_else() -> None:
    before = tomllib.loads(PYPROJECT)
    again = tomllib.loads(with_pins(with_pins(PYPROJECT, []), ["a==1", "b==2"]))
    assert again["tool"]["uv"].pop("constraint-dependencies") == ["a==1", "b==2"]
    before["tool"]["uv"].pop("constraint-dependencies")
    assert again == before
    assert with_pins(PYPROJECT, PINS) == PYPROJECT


def test_a_package_with_two_versions_has_a_pin_for_each() -> None:
    lock = """
[[package]]
name = "ikuzo"
version = "0.1.0"
source = { editable = "." }
[[package]]
name = "numpy"
version = "2.0"
source = { registry = "https://registry.example/simple" }
resolution-markers = ["python_full_version >= '3.13'", "python_full_version == '3.12.*'"]
[[package]]
name = "numpy"
version = "1.0"
source = { registry = "https://registry.example/simple" }
resolution-markers = ["python_full_version < '3.12'"]
[[package]]
name = "attrs"
version = "26.1.0"
source = { registry = "https://registry.example/simple" }
"""
    assert pins_of(lock) == [
        "attrs==26.1.0",
        "numpy==1.0 ; python_full_version < '3.12'",
        "numpy==2.0 ; python_full_version >= '3.13' or python_full_version == '3.12.*'",
    ]
