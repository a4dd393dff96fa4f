"""`docs/verify.md` says what the code does: its numbers, names and its little program are taken at their word."""

import hmac
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.beacon import QUICKNET
from cogs.giveaways.rules import draw, freeze
from cogs.giveaways.rules.bundle import RANKING_LIMIT
from cogs.giveaways.rules.check import Check
from cogs.giveaways.rules.draw import PassReason
from tests.vectors import make, tamper

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return what stands under a heading."""
    return re.split(r"^#+ ", PAGE.split(f"### {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_checks_are_named_in_their_order() -> None:
    named = re.findall(r"^\d+\. \*\*([a-z ]+)\*\*", section("The checks, in order"), flags=re.MULTILINE)
    assert named == [check.value for check in Check]


def test_cheats_name_checks_that_exist() -> None:
    named = set(re.findall(r"\*\*([a-z ]+)\*\*", section("If whoever runs the bot cheats")))
    assert named
    assert named <= {check.value for check in Check}


def test_every_field_is_described() -> None:
    table = section("The file")
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", table, flags=re.MULTILINE))
    document = json.loads((make.HERE / "airdrop-token.json").read_bytes())
    assert list(rows) == list(document)
    for name in ("giveaway", "freezes", "beacon", "results", "snapshot"):
        inner = document[name][0] if isinstance(document[name], list) else document[name]
        assert set(inner) <= set(re.findall(r"`([a-z_]+)`", rows[name])), name
    assert set(PassReason) <= set(re.findall(r"`([a-z]+)`", rows["results"]))
    assert f"{RANKING_LIMIT:,}".replace(",", " ") in rows["ranking"]


def test_quicknet_is_described() -> None:
    table = section("The beacon")
    for value in (QUICKNET.hash, QUICKNET.public_key.hex(), QUICKNET.genesis, QUICKNET.scheme):
        assert str(value) in table
    assert f"(Unix seconds), {QUICKNET.period} s" in table


def test_worked_example_is_the_vector() -> None:
    document = json.loads((make.HERE / "quicknet.json").read_bytes())
    entrants = [(name, weight) for name, weight in document["entrants"]]
    beacon, message = document["beacon"], document["freezes"][0]
    randomness = bytes.fromhex(beacon["randomness"])
    seed = bytes.fromhex(document["seed"])
    key = draw.draw_key(document["giveaway"]["id"], seed, document["entrants_digest"], beacon["round"], randomness)
    tickets = [
        f'HMAC("{name}:{k}") = {hmac.digest(key, f"{name}:{k}".encode(), "sha256").hex()}'
        for name, weight in entrants
        for k in range(weight)
    ]
    sent = freeze.message_time(int(message["message_id"]))
    example = section("Worked example")
    for value in (
        *tickets,
        draw.entrants_text(entrants).decode(),
        f"{len(draw.entrants_text(entrants))} bytes",
        f"H = {document['entrants_digest']}",
        f"H = {key.hex()}",
        *(document[name] for name in ("seed", "commitment")),
        *(beacon[name] for name in ("signature", "randomness")),
        *(document["results"][0][name] for name in ("user_id", "salt", "token")),
        message["message_id"],
        f"{int(sent.timestamp() * 1000)} ms",
        document["giveaway"]["closed_at"],
    ):
        assert value in example
    known = json.dumps(document) + key.hex() + "".join(tickets)
    assert [found for found in re.findall(r"[0-9a-f]{32,}", example) if found not in known] == []


@pytest.mark.parametrize("name", ["quicknet", "weighted", "passed", "off", "given-up", "airdrop-token"])
def test_the_little_program_ranks_as_we_do(name: str, tmp_path: Path) -> None:
    [program] = re.findall(r"^```python\n(.+?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    path = make.HERE / f"{name}.json"
    file = tmp_path / "ranked.py"
    file.write_text(program, encoding="utf-8")
    outcome = subprocess.run([sys.executable, file, path], capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == json.loads(path.read_bytes())["ranking"]


def test_as_many_falsified_files_as_promised() -> None:
    assert "More than a hundred falsified ones" in section("Worked example")
    assert len(tamper.ALL) > 100


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((\.\./[^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).resolve().exists(), target
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", PAGE, flags=re.MULTILINE)}
    for anchor in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert anchor in headings
