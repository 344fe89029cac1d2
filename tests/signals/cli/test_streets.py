"""What runs may be said by anything that holds a plan; of rings see the scenario R02."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from signals.cli.streets import read_street
from signals.control import running_plan
from signals.plan import (
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    TimingPlan,
    referred,
    with_coordinated_last,
    write_plan,
)
from signals.programs import sheet, sheet_csv, sumo
from signals.rules import rules_of
from signals.safety import check
from signals.timing.lawful import lawful
from signals.timing.plans import coordinated
from signals.timing.response import Response
from tests.signals.sumo_streets import street


def _plan(path: Path) -> TimingPlan:
    """The network's own programs with other offsets, the first junction coordinated."""
    network = sumo_net.read(path)
    rules = rules_of(network)
    moved = tuple(
        lawful(timing.model_copy(update={"untouched": False, "offset_ds": 70 + 10 * at}), intersection, rules)
        for at, (timing, intersection) in enumerate(
            zip(running_plan(network).intersections, network.intersections, strict=True)
        )
    )
    plan = TimingPlan(name="ours", network_digest=network.digest, intersections=moved)
    first = coordinated(plan, network, rules, Response(early_ds=30)).intersections[0]
    return plan.model_copy(update={"intersections": (first, *moved[1:])})


def _as_it_runs(timing: IntersectionPlan) -> IntersectionPlan:
    """As a program tells it: from its first step on, and the coordinated stage is the last one."""
    turned = with_coordinated_last(timing)
    assert isinstance(turned.body, StagesBody)
    return referred(turned, OffsetReference.STAGE_START, [turned.body.sequence[0].id])


def test_programs_plan_and_sheets_say_the_same(tmp_path: Path) -> None:
    network, plan = sumo_net.read(street("grid")), _plan(street("grid"))
    write_plan(plan, tmp_path / "plan.json")
    sumo.write(plan, network, tmp_path / "plan.add.xml")
    sheet.write(plan, network, tmp_path / "plan.toml")
    sheet_csv.write(plan, network, tmp_path / "plan.csv")
    found = []
    for name in ("plan.json", "plan.add.xml", "plan.toml", "plan.csv"):
        read = read_street(street("grid"), (), (tmp_path / name,))
        found.append(running_plan(read))
        assert check(found[-1], read, rules_of(read)) == ()
    assert {one.digest() for one in found} == {found[0].digest()}
    for timing, planned in zip(found[0].intersections, map(_as_it_runs, plan.intersections), strict=True):
        assert (timing.offset_ds, timing.cycle_ds) == (planned.offset_ds, planned.cycle_ds)
        assert timing.control_mode is planned.control_mode


def test_later_files_count_more_and_what_none_names_runs_on(tmp_path: Path) -> None:
    plan = _plan(street("grid"))
    write_plan(plan, tmp_path / "plan.json")
    later = plan.model_copy(update={"intersections": (plan.intersections[1].model_copy(update={"offset_ds": 330}),)})
    write_plan(later, tmp_path / "later.json")
    read = running_plan(read_street(street("grid"), (), (tmp_path / "plan.json", tmp_path / "later.json")))
    expected = [_as_it_runs(plan.intersections[0]).offset_ds, 330, 90]
    assert [timing.offset_ds for timing in read.intersections[:3]] == expected
    alone = running_plan(read_street(street("grid"), (), (tmp_path / "later.json",)))
    own = running_plan(sumo_net.read(street("grid")))
    assert [timing.offset_ds for timing in alone.intersections[:2]] == [own.intersections[0].offset_ds, 330]


def test_a_plan_of_another_street_or_of_another_incumbent_is_refused_by_name(tmp_path: Path) -> None:
    plan = _plan(street("grid"))
    write_plan(plan.model_copy(update={"network_digest": "another"}), tmp_path / "strange.json")
    with pytest.raises(InputError, match=r"strange\.json: plan: found made for network another"):
        read_street(street("grid"), (), (tmp_path / "strange.json",))
    kept = plan.intersections[1].model_copy(update={"untouched": True})
    write_plan(plan.model_copy(update={"intersections": (plan.intersections[0], kept)}), tmp_path / "kept.json")
    with pytest.raises(InputError, match="marked untouched, but not what runs today"):
        read_street(street("grid"), (), (tmp_path / "kept.json",))
