"""Every way to falsify a bundle is refused by the check that should, for its reason; honest bundles hold."""

import copy
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safejson
from bot.beacon import BeaconChain, verify_signature
from bot.shape import Misshapen
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.bundle import Bundle, encode
from cogs.giveaways.rules.check import Check, Policy, Step, check
from cogs.giveaways.rules.parse import parse
from tests.vectors import make, tamper
from tests.vectors.changes import OTHER_HEX, Tamper, redrawn
from tests.vectors.scenario import Scenario, build

SIGNER = make.signer()
ANY = Policy(chain=SIGNER.chain, allow_operator_trusted=True)
HONEST = [path.stem for path in sorted(make.HERE.glob("*.json")) if path.stem not in ("chain", "index", "quicknet")]


@lru_cache
def verify(chain: BeaconChain, round_: int, signature: bytes) -> bytes:
    """Remember the verdict on a signature: a hundred bundles here share one, and each takes most of a second."""
    return verify_signature(chain, round_, signature)


def read(data: bytes) -> Bundle:
    return parse(safejson.loads(data, max_bytes=1 << 20, max_depth=16))


def examine(data: bytes, policy: Policy = ANY) -> list[Step]:
    try:
        return check(read(data), policy, verify)
    except Misshapen as error:
        return [Step(Check.SHAPE, passed=False, text=str(error))]


def failed(steps: list[Step]) -> dict[Check, str]:
    return {step.check: step.text for step in steps if not step.passed}


def vector(name: str) -> bytes:
    return (make.HERE / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", HONEST)
def test_honest_bundles_hold(name: str) -> None:
    steps = examine(vector(name))
    assert failed(steps) == {}
    assert [step.check for step in steps] == [one for one in Check if one not in (Check.SHAPE, Check.COMPARED)]


@pytest.mark.parametrize("change", tamper.DOCUMENTS, ids=lambda change: change.name)
def test_falsified_bundles_are_refused(change: Tamper) -> None:
    data = change.apply()
    assert data != vector(change.vector)
    assert change.reason in failed(examine(data)).get(Check(change.check), "nothing")


def test_the_falsifications_are_many_and_cover_every_check() -> None:
    names = [change.name for change in tamper.ALL]
    assert len(names) == len(set(names)) >= 50
    assert {change.check for change in tamper.ALL} == set(Check) - {Check.COMPARED}


ALONE = {
    "excluded on the list": Check.LEFT_OUT,
    "unchecked off the list": Check.LEFT_OUT,
    "digest of another list": Check.DIGEST,
    "another seed, all else redone": Check.COMMITMENT,
    "earlier freeze of another list": Check.FREEZES,
    "freeze time moved": Check.ROUNDS,
    "one millisecond too late": Check.TIMING,
    "gave up early": Check.TRUST,
    "randomness invented": Check.BEACON,
    "first two places exchanged": Check.RANKING,
    "prize to the third": Check.RESULTS,
    "passed without being reached": Check.RESULTS,
    "one member under two tokens": Check.PEOPLE,
}


@pytest.mark.parametrize(("name", "only"), ALONE.items())
def test_every_check_refuses_something_that_no_other_does(name: str, only: Check) -> None:
    change = next(change for change in tamper.DOCUMENTS if change.name == name)
    assert set(failed(examine(change.apply()))) == {only}


@pytest.mark.parametrize("name", ["off", "given-up"])
def test_operator_trusted_draws_need_permission(name: str) -> None:
    refused = failed(examine(vector(name), replace(ANY, allow_operator_trusted=False)))
    assert list(refused) == [Check.TRUST]
    assert "operator-trusted" in refused[Check.TRUST]
    assert "--allow-operator-trusted" in refused[Check.TRUST]


def test_permission_changes_nothing_for_other_draws() -> None:
    assert failed(examine(vector("plain"), replace(ANY, allow_operator_trusted=False))) == {}


def test_a_test_network_is_not_quicknet() -> None:
    refused = failed(examine(vector("plain"), Policy(chain=make.QUICKNET)))
    assert "only" in refused[Check.BEACON]


def test_quicknet_is_verified_with_its_own_key() -> None:
    assert failed(examine(vector("quicknet"), Policy(chain=make.QUICKNET))) == {}


def test_a_freeze_counts_at_exactly_15_seconds() -> None:
    document = json.loads(vector("plain"))
    message = document["freezes"][0]
    message["message_id"] = str(int(message["message_id"]) + (45_000 << 22))
    assert failed(examine(json.dumps(document).encode())) == {}


PUBLIC = {"commitment": "commitment", "digest": "entrants_digest"}


@pytest.mark.parametrize(("option", "field"), PUBLIC.items())
def test_public_values_are_compared(option: str, field: str) -> None:
    found = json.loads(vector("plain"))[field]
    same = examine(vector("plain"), replace(ANY, **{option: found}))
    assert failed(same) == {}
    assert same[-1] == Step(Check.COMPARED, passed=True, text=f"{option}: as given")
    other = failed(examine(vector("plain"), replace(ANY, **{option: OTHER_HEX})))
    assert list(other) == [Check.COMPARED]
    assert OTHER_HEX in other[Check.COMPARED]


def test_public_round_is_compared() -> None:
    round_ = json.loads(vector("plain"))["freezes"][0]["round"]
    assert failed(examine(vector("plain"), replace(ANY, round=round_))) == {}
    assert list(failed(examine(vector("plain"), replace(ANY, round=round_ + 1)))) == [Check.COMPARED]
    assert list(failed(examine(vector("off"), replace(ANY, round=round_)))) == [Check.COMPARED]


def test_only_the_public_values_tell_a_whole_new_draw() -> None:
    """A forged bundle in which everything fits: the reason to compare with the freeze message."""
    document = redrawn(json.loads(vector("off")) | {"seed": OTHER_HEX})
    document["entrants"] = document["entrants"][1:]
    forged = json.dumps(redrawn(document)).encode()
    promised = json.loads(vector("off"))
    assert failed(examine(forged)) == {}
    for option, field in PUBLIC.items():
        assert list(failed(examine(forged, replace(ANY, **{option: promised[field]})))) == [Check.COMPARED]


def test_a_bundle_may_be_printed_with_blanks() -> None:
    assert failed(examine(json.dumps(json.loads(vector("weighted")), indent=4).encode())) == {}


def test_without_its_ranking_a_large_draw_is_ranked_anew() -> None:
    large = build(Scenario("large", weights=(1,) * 100_001, trust="off"), SIGNER)
    steps = check(replace(large, ranking=None), ANY, verify)
    assert failed(steps) == {}
    assert draw.rank(_key(large), large.entrants)[0] in {s.check: s.text for s in steps}[Check.RANKING]


def _key(bundle: Bundle) -> bytes:
    seed = bytes.fromhex(bundle.seed)
    return draw.draw_key(bundle.giveaway.id, seed, bundle.entrants_digest, None, None)


scenarios = st.builds(
    Scenario,
    name=st.text("abcdef", min_size=1, max_size=8),
    weights=st.lists(st.integers(1, 100), min_size=1, max_size=12).map(tuple),
    winners=st.integers(1, 14),
    passed=st.dictionaries(st.integers(1, 12), st.sampled_from(["left", "unclaimed", "連絡なし"])),
    trust=st.just("off"),
    unchecked=st.integers(0, 3),
    excluded=st.lists(st.sampled_from(["role", "bot"]), max_size=4).map(tuple),
)


def _possible(scenario: Scenario) -> Scenario:
    ranks = range(1, len(scenario.weights) + 1)
    return replace(scenario, passed={rank: why for rank, why in scenario.passed.items() if rank in ranks})


@given(scenarios.map(_possible))
def test_whatever_is_drawn_honestly_holds(scenario: Scenario) -> None:
    assert failed(examine(encode(build(scenario, SIGNER)))) == {}


@given(scenarios.map(_possible), st.data())
def test_no_flipped_digit_goes_unnoticed(scenario: Scenario, data: st.DataObject) -> None:
    """What the draw hashes, it protects: any other hex digit in it is refused."""
    document: Any = json.loads(encode(build(scenario, SIGNER)))
    places = [(document, name) for name in ("seed", "commitment", "entrants_digest")]
    places += [(document["giveaway"], "id"), (document["freezes"][0], "digest")]
    places += [(row, 0) for row in document["entrants"]]
    places += [(document["ranking"], index) for index in range(len(document["ranking"]))]
    places += [(row, name) for row in document["results"] for name in ("token", "salt")]
    holder, name = data.draw(st.sampled_from(places))
    index = data.draw(st.integers(0, len(holder[name]) - 1))
    digit = data.draw(st.sampled_from("0123456789abcdef").filter(lambda found: found != holder[name][index]))
    before = copy.deepcopy(document)
    holder[name] = holder[name][:index] + digit + holder[name][index + 1 :]
    assert document != before
    assert failed(examine(json.dumps(document).encode()))


def test_tampered_files_are_written_with_an_index(tmp_path: Path) -> None:
    files = {file.name: file.data for file in make.tampered()}
    index = json.loads(files.pop("index.json"))
    assert [entry["file"] for entry in index] == list(files)
    assert [entry["name"] for entry in index] == [change.name for change in tamper.ALL]
    assert files[index[-1]["file"]] == b""
