"""Every table there is, found by looking: whoever adds a module with tables need not name it anywhere."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData

from bot.database import Base

PACKAGES: Final = ("bot", "cogs")
_ROOT: Final = Path(__file__).parents[1]
_TABLE: Final = re.compile(r"^    __tablename__\b", re.MULTILINE)


def metadata() -> MetaData:
    """Return the tables of the platform and of all features, importing whatever defines one."""
    for name in modules_with_tables():
        importlib.import_module(name)
    return Base.metadata


def modules_with_tables() -> list[str]:
    """Return the modules that define a table, in alphabetical order, without importing any."""
    found = (module for package in PACKAGES for module in _modules(_ROOT / package, package))
    return sorted(name for name, source in found if _TABLE.search(source.read_text(encoding="utf-8")))


def _modules(folder: Path, package: str) -> Iterator[tuple[str, Path]]:
    for module in pkgutil.iter_modules([str(folder)]):
        name = f"{package}.{module.name}"
        if module.ispkg:
            yield name, folder / module.name / "__init__.py"
            yield from _modules(folder / module.name, name)
        else:
            yield name, folder / f"{module.name}.py"
