"""Write a migration from the difference between the models and the schema's history.

``uv run python -m migrations.write "Add polls"`` writes the next one; read it before committing it. Those that were
released are never written anew: there are databases made by them.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.migrate import FOLDER, Migrations


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says and print the file written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reason", help="what the migration is for, as a sentence without its full stop")
    options = parser.parse_args(arguments)
    written = asyncio.run(write(options.reason, FOLDER / "versions"))
    print(written or "The models and the schema's history agree: there is nothing to write.")


async def write(reason: str, versions: Path) -> Path | None:
    """Write the next migration into *versions*; returns its path, or None where there is no difference."""
    slug = re.sub(r"\W+", "_", reason.lower()).strip("_")
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        migrations = Migrations(f"sqlite+aiosqlite:///{folder}/schema.db", versions)
        await migrations.up()
        await migrations.run(lambda config: _generate(config, reason, number, slug))
    written = versions / f"{number}_{slug}.py"
    if not written.exists():
        return None
    text = re.sub(r"^ *# ###.*\n", "", written.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written.write_text(text, encoding="utf-8")
    for arguments in (["check", "--quiet", "--fix-only"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(written)], check=True)
    return written


def _generate(config: Config, reason: str, number: str, slug: str) -> None:
    config.set_main_option("file_template", f"%%(rev)s_{slug}")
    config.attributes["batch"] = number != "0001"
    with redirect_stdout(sys.stderr):
        command.revision(config, reason, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
