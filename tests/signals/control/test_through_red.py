"""How all greens end and begin, known by heart."""

from __future__ import annotations

import json
from pathlib import Path

from signals.control.through_red import RED_LEAST_DS, ThroughRed
from signals.plan import RingsBody
from signals.rules import Rules, rules_of
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, rings
from tests.signals.transition_plans import stages

NORTH, EAST = "GGgrrrGGgrrr", "rrrGGgrrrGGg"


def _through(*pictures: str, rules: Rules | None = None) -> ThroughRed:
    return ThroughRed(stages(crossroads(), (0, 0), 0), pictures or (NORTH, EAST), rules or rules_of(crossroads()))


def _rules(text: str, folder: Path) -> Rules:
    (folder / "rules.toml").write_text(text)
    return rules_of(crossroads(), engineer_file=folder / "rules.toml")


def test_greens_end_at_once_and_red_holds_until_the_longest_intergreen_is_over() -> None:
    through = _through()
    assert through.ended(NORTH) == (("yyyrrryyyrrr", 30),)
    assert through.red(NORTH) == ("r" * 12, 20)  # 5 s from the end of green
    assert through.begun(EAST) == ()
    assert through.longest_ended_ds == 50


def test_each_yellow_and_each_red_amber_has_its_own_length(tmp_path: Path) -> None:
    through = _through(
        rules=_rules(
            "[intersection.C.group.1]\nyellow_s = 4\n[intersection.C.group.4]\nred_amber_s = 2\n"
            "[intersection.C.group.5]\nred_amber_s = 1\n",
            tmp_path,
        )
    )
    assert through.ended(NORTH) == (("yyyrrryyyrrr", 30), ("ryrrrrrrrrrr", 10))
    assert through.ended(EAST) == (("rrryyyrrryyy", 30), ("rrrrrrrrrrrr", 10))
    assert through.begun(EAST) == (("rrrrurrrrrrr", 10), ("rrrruurrrrrr", 10))
    assert through.longest_begun_ds == 20


def test_red_stands_at_least_a_second() -> None:
    fields = rules_of(crossroads()).model_dump(mode="json")
    fields["intersections"][0]["intergreens"] = []
    assert _through(rules=Rules.model_validate_json(json.dumps(fields))).red(NORTH) == ("r" * 12, RED_LEAST_DS)


def test_a_picture_stands_until_each_of_its_greens_has_had_its_time() -> None:
    network = crossroads(pedestrians=True)
    timing = stages(network, (0, 0), 0)
    walking = next(s.displays for s in timing.body.sequence if s.displays[12] == "G")  # type: ignore[union-attr]
    through = ThroughRed(timing, [walking, "r" * 16], rules_of(network))
    assert through.least_ds("r" * 16) == 0
    assert through.least_ds(walking) == 190  # 7 s walk, 12 s clearance


def test_who_is_green_alike_in_all_pictures_stays_so() -> None:
    north, east = "G" + NORTH[1:], "G" + EAST[1:]
    through = _through(north, east)
    assert through.ended(north)[0][0] == "Gyyrrryyyrrr"
    assert through.red(north)[0] == "G" + "r" * 11
    assert _through(north, "g" + EAST[1:]).red(north)[0] == "r" * 12


def test_after_rings_their_shortest_clearance_counts() -> None:
    def short(fields: Fields) -> None:
        fields["body"]["ring_phases"][0]["red_clearance_ds"] = 0

    through, body = _through(), rings(coordinated, short).body
    assert isinstance(body, RingsBody)
    assert through.red_after_rings_ds(body) == 50 - 30
    full = rings(coordinated).body
    assert isinstance(full, RingsBody)
    assert through.red_after_rings_ds(full) == RED_LEAST_DS
