"""Run benchmarks: all, or those named."""

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench.measure import Figure

NO_BENCHMARKS = {"measure"}


def benchmarks() -> dict[str, str]:
    """Return the modules by the names that people type."""
    modules = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return {
        name.replace("_", "-"): f"tests.bench.{name}"
        for name in sorted(modules)
        if name not in NO_BENCHMARKS and not name.startswith(("_", "test_"))
    }


def line(figure: Figure) -> str:
    """Return a figure as people read it."""
    text = f"  {'✓' if figure.holds else '✗'} {figure.what}: {figure.value:.3g} {figure.unit}"
    if figure.ratio is not None:
        text += f", {figure.ratio:.2f} of the baseline's {figure.baseline:.3g} {figure.unit}"
    bars = [f"{words} {bar:g}" for words, bar in (("at most", figure.at_most), ("at least", figure.at_least)) if bar]
    return f"{text} ({', '.join(bars)})" if bars else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them, print figures; return 1 if a bar is missed."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(known)}")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    found: dict[str, list[Figure]] = {}
    for name in options.names or known:
        module = importlib.import_module(known[name])
        if not options.json:
            print(f"{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        found[name] = module.figures()
        if not options.json:
            print(*map(line, found[name]), sep="\n", flush=True)
    if options.json:
        print(json.dumps(document(found), indent=1))
    return 0 if all(figure.holds for figures in found.values() for figure in figures) else 1


def document(found: dict[str, list[Figure]]) -> dict[str, object]:
    """Return all figures as JSON values."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": [
            {"benchmark": name, **asdict(figure), "ratio": figure.ratio, "holds": figure.holds}
            for name, figures in found.items()
            for figure in figures
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
