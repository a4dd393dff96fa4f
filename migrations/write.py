"""Write a migration from the difference between the models and the schema's history.

``uv run python -m migrations.write "Add polls"`` writes the next one; read it before committing it.
``uv run python -m migrations.write --first`` writes the first one anew, which only makes sense before a release: every
database made by it has to be made again.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from bot.migrate import FOLDER, Migrations

FIRST: Final = "First schema"


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says and print the file written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reason", nargs="?", help="what the migration is for, as a sentence without its full stop")
    parser.add_argument("--first", action="store_true", help="write the first migration anew")
    options = parser.parse_args(arguments)
    if options.first == bool(options.reason):
        parser.error('give either a reason, such as "Add polls", or --first')
    written = asyncio.run(write(FIRST if options.first else options.reason, FOLDER / "versions", anew=options.first))
    print(written or "The models and the schema's history agree: there is nothing to write.")


async def write(reason: str, versions: Path, *, anew: bool) -> Path | None:
    """Write a migration into *versions*; *anew* as the first, in place of the file there is.

    Returns its path, or None where there is no difference.
    """
    slug = re.sub(r"\W+", "_", reason.lower()).strip("_")
    with tempfile.TemporaryDirectory() as folder:
        # An empty history makes everything new.
        history = Path(folder) / "versions" if anew else versions
        history.mkdir(exist_ok=True)
        migrations = Migrations(f"sqlite+aiosqlite:///{folder}/schema.db", history)
        await migrations.up()
        number = f"{len(list(history.glob('[0-9]*.py'))) + 1:04}"
        await migrations.run(lambda config: _generate(config, reason, number, slug, batch=not anew))
        generated = history / f"{number}_{slug}.py"
        if not generated.exists():
            return None
        text = re.sub(r"^ *# ###.*\n", "", generated.read_text(encoding="utf-8"), flags=re.MULTILINE)
        written = versions / generated.name
        written.write_text(text, encoding="utf-8")
    for arguments in (["check", "--quiet", "--fix-only"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(written)], check=True)
    return written


def _generate(config: Config, reason: str, number: str, slug: str, *, batch: bool) -> None:
    config.set_main_option("file_template", f"%%(rev)s_{slug}")
    config.attributes["batch"] = batch
    with redirect_stdout(sys.stderr):
        command.revision(config, reason, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
