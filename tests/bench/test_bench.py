"""The benchmarks run, judge by their bars, and print what can be read by people and machines."""

import json

import pytest

from tests.bench import __main__ as bench
from tests.bench import poll_count
from tests.bench.measure import Figure


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("", 3, "s"), True),
        (Figure("", 3, "s", at_most=2), False),
        (Figure("", 3, "s", baseline=2, at_most=2), True),
        (Figure("", 5, "s", baseline=2, at_most=2), False),
        (Figure("", 90, "/s", baseline=100, at_least=0.9), True),
        (Figure("", 89, "/s", baseline=100, at_least=0.9), False),
    ],
)
def test_ratios_are_judged_where_there_is_a_baseline(figure: Figure, holds: bool) -> None:
    assert figure.holds is holds


def test_every_benchmark_is_found_by_its_name() -> None:
    assert "poll-count" in bench.benchmarks()
    assert not {"measure", "test-bench", "--main--"} & bench.benchmarks().keys()


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        bench.main(["poll-cuont"])
    assert refused.value.code == 2
    assert "there is no benchmark poll-cuont; there are" in capsys.readouterr().err


def test_figures_are_printed_and_a_missed_bar_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Figure("counting", 3.0, "s", baseline=1.0, at_most=2)]
    monkeypatch.setattr(poll_count, "figures", lambda: found)
    assert bench.main(["poll-count"]) == 1
    assert "✗ counting: 3 s, 3.00 of the baseline's 1 s (at most 2)" in capsys.readouterr().out
    found[:] = [Figure("counting", 1.5, "s", baseline=1.0, at_most=2)]
    assert bench.main(["--json", "poll-count"]) == 0
    [figure] = json.loads(capsys.readouterr().out)["figures"]
    assert (figure["benchmark"], figure["ratio"], figure["holds"]) == ("poll-count", 1.5, True)


def test_counting_agrees_with_the_reference() -> None:
    counted, wait = poll_count.figures(number=2_000, times=1)
    assert counted.value > 0
    assert counted.baseline
    assert wait.value < 1
