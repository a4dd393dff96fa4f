# /// script
# requires-python = ">=3.11"
# ///
"""Pin the whole tree of dependencies: ``uv run tests/pins.py``.

Resolves what pyproject.toml asks for anew, for every Python at once, and writes each package's exact version to
``[tool.uv] constraint-dependencies``. It runs outside the project's environment, so that it works whatever the pins
there were; ``uv sync`` then installs them.
"""

import os
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1]
_LIST = re.compile(r"^constraint-dependencies = \[.*?\]$", re.MULTILINE | re.DOTALL)
# What building the project's metadata may need beside pyproject.toml.
_BESIDE = ("README.md", "LICENSE")


def main() -> None:
    """Rewrite pyproject.toml and say how much is pinned."""
    path = PROJECT / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    pins = resolve(text)
    path.write_text(with_pins(text, pins), encoding="utf-8")
    print(f"{len(pins)} packages pinned; uv sync installs them.")


def resolve(pyproject: str) -> list[str]:
    """Return the pins of everything *pyproject* leads to, free of those it has now, sorted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text(with_pins(pyproject, []), encoding="utf-8")
        for beside in _BESIDE:
            (folder / beside).write_bytes((PROJECT / beside).read_bytes())
        environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
        subprocess.run(["uv", "lock", "--quiet"], cwd=folder, env=environment, check=True)
        return pins_of((folder / "uv.lock").read_text(encoding="utf-8"))


def pins_of(lock: str) -> list[str]:
    """Return a pin for each package of a lock file that comes from a registry.

    A package with several versions has one for each, with the environments it is for.
    """
    pins: list[str] = []
    for package in tomllib.loads(lock)["package"]:
        if "registry" in package["source"]:
            markers = " or ".join(package.get("resolution-markers", ()))
            pins.append(f"{package['name']}=={package['version']}" + (f" ; {markers}" if markers else ""))
    return sorted(pins)


def with_pins(pyproject: str, pins: list[str]) -> str:
    """Return pyproject.toml with another list of pins and everything else as it was."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    listed = f"constraint-dependencies = [\n{lines}]" if pins else "constraint-dependencies = []"
    replaced, count = _LIST.subn(lambda match: listed, pyproject)
    if count != 1:
        raise SystemExit("pyproject.toml has no list constraint-dependencies under [tool.uv]")
    return replaced


if __name__ == "__main__":
    main()
