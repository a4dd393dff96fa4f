"""Write the vectors of `ikuzo-poll/1`: `python -m tests.vectors.polls.make`, from the project's root.

Everything follows from fixed names, so that a second run changes no byte. `index.json` lists each file with the options
it needs and whether it holds. `--tampered DIR` writes every tampered copy (`tamper.py`) and an index of them to DIR:
all of them must be refused.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from bot.published import File
from cogs.polls.rules.bundle import bundle_files, encode
from tests.vectors.polls import cases, tamper
from tests.vectors.polls.scenario import made

HERE = Path(__file__).parent
PART_BYTES = 1500
"""Parts in the vectors are cut this small, so that the repository stays so too; the bot cuts at 8 MiB."""


def everything() -> list[File]:
    """Return all files of this directory that are made."""
    found: list[File] = []
    index: list[dict[str, object]] = []
    for scenario in cases.ALL:
        bundle = made(scenario)
        data = encode(bundle)
        files = [File(f"{scenario.name}.json", data)]
        if scenario is cases.PARTS:
            files = bundle_files(scenario.number, data, PART_BYTES)
        names = [file.name for file in files]
        index.append({"name": scenario.name, "files": names, "totals": bundle.totals_only, "holds": True})
        found += files
    return [*found, File("index.json", _lines(index))]


def tampered() -> list[File]:
    """Return every tampered copy of the vectors, and an index that says which check refuses it, and why."""
    index: list[dict[str, object]] = []
    files: list[File] = []
    for number, change in enumerate(tamper.ALL, 1):
        file = File(f"{number:03}.json", change.apply())
        files.append(file)
        index.append(
            {
                "file": file.name,
                "name": change.name,
                "from": change.vector,
                "totals": True,
                "check": change.check.value,
                "reason": change.reason,
                "holds": False,
            }
        )
    return [*files, File("index.json", _lines(index))]


def _lines(entries: Iterable[object]) -> bytes:
    """Return a JSON array with one entry a line."""
    return ("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n").encode()


def _write(directory: Path, files: Iterable[File]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for file in files:
        (directory / file.name).write_bytes(file.data)


def main() -> None:
    """Write the vectors, or the tampered copies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tampered", type=Path, metavar="DIR", help="write the tampered copies to DIR instead")
    directory: Path | None = parser.parse_args().tampered
    if directory is None:
        _write(HERE, everything())
    else:
        _write(directory, tampered())


if __name__ == "__main__":
    main()
