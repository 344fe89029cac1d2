"""The report: as JSON and back, with a digest, and nothing unsound read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from networks.faults import InputError
from signals.rules import Margins
from signals.validation import Executed, Pair, Subject, ValidationReport, decide, report_from_json
from tests.fakes_measures import approach, measures


def report() -> ValidationReport:
    before, after = approach("a", 31.0), approach("a", 30.0)

    def next_pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(50.0 + n % 3, after, co2_g=5.0), measures(90.0 + n % 4, before)) for n in numbers]

    return decide(next_pairs, Subject("p" * 64, "i" * 64, "s" * 64), Margins(approach_worse_s=12.0))


def test_json_gives_the_same_report_back() -> None:
    original = report()
    assert report_from_json(original.to_json()) == original
    assert report_from_json(original.to_json()).digest() == original.digest()


def test_what_was_executed_makes_version_3_without_it_all_is_as_before() -> None:
    shown = (Executed("candidate", 6, (), ()), Executed("incumbent", 6, ("executed: C0",), ("C1",)))
    read_back = replace(report(), executed=shown)
    assert report_from_json(read_back.to_json()) == read_back
    assert read_back.misshown == ("incumbent not shown as written: executed: C0",)
    old, new = json.loads(report().to_json()), json.loads(read_back.to_json())
    assert (old["version"], new["version"], "executed" in old) == (2, 3, False)
    for content in (new | {"version": 2}, old | {"version": 3}, new | {"executed": []}, old | {"executed": []}):
        with pytest.raises(InputError, match="executed"):
            report_from_json(json.dumps(content))


def test_a_stopped_report_goes_through_json_too() -> None:
    stopped = decide(lambda numbers: [], Subject("p", "i", "s"), Margins())
    assert report_from_json(stopped.to_json()) == stopped


def test_the_digest_hangs_on_every_number() -> None:
    other = json.loads(report().to_json())
    other["pairs"][3]["candidate"]["delay_s_per_veh"] += 0.001
    assert report_from_json(json.dumps(other)).digest() != report().digest()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "excellent"),
        (("stopped",), 0),
        (("looks_taken",), "6"),
        (("pairs", 0, "seed"), 1.5),
        (("pairs", 0, "seed"), True),
        (("pairs", 0, "candidate", "delay_s_per_veh"), "50"),
        (("difference", "mean_s_per_veh"), float("nan")),
        (("margins", "not_worse_share"), -1.0),
        (("subject",), ["p", "i", "s"]),
        (("guards", 0, "more"), 1),
        (("version",), 1),
        (("executed",), [{"plan": "third", "runs": 6, "faults": [], "not_read": []}]),
        (("format",), "greenband-plan"),
    ],
)
def test_an_unsound_report_is_refused(path: tuple[str | int, ...], value: object) -> None:
    content = json.loads(report().to_json())
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=str(path[0])):
        report_from_json(json.dumps(content))


def test_a_clean_trial_says_how_many_jams_it_cannot_exclude() -> None:
    """Sixteen runs without a jam: 1 - 0.05 ** (1/16) = 17.1 %, the exact form of the rule of three."""
    assert len(report().pairs) == 16
    assert report().jam_share_upper == pytest.approx(1 - 0.05 ** (1 / 16), abs=1e-9)
    assert "no jam in 16 runs of the candidate; 95 % sure only that fewer than 17% of days jam" in report().reasons


def test_jams_seen_raise_what_cannot_be_excluded() -> None:
    def next_pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(50.0 + n % 3, gridlocked=n == 1002), measures(90.0 + n % 4)) for n in numbers]

    jammed = decide(next_pairs, Subject("p", "i", "s"), Margins())
    assert jammed.jam_share_upper == pytest.approx(0.3942, abs=1e-4)  # Clopper and Pearson, 1 of 10, one-sided 95 %


def test_all_faults_come_together() -> None:
    content = json.loads(report().to_json())
    content["verdict"], content["stopped"] = "excellent", None
    with pytest.raises(InputError) as refusal:
        report_from_json(json.dumps(content))
    assert len(refusal.value.faults) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "[" * 100_000])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        report_from_json(text)
