"""Who wanted to depart, by the files of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from signals.simulation.due import due_in


def test_routes_that_vehicles_share_are_known_to_the_count(written: Callable[..., Path]) -> None:
    definitions = written('<additional><route id="r" edges="left0A0 A0left0"/></additional>', "d.add.xml")
    departures = "".join(f'<vehicle id="v{at}" route="r" depart="{at}.00"/>' for at in range(5))
    due = due_in((definitions, written(f"<routes>{departures}</routes>")), 1.0, 4.0)
    assert due.vehicles == {f"v{at}": (float(at), "left0A0") for at in (1, 2, 3)}


def test_types_of_public_transport_are_found_also_in_distributions(written: Callable[..., Path]) -> None:
    types = (
        '<vType id="a" vClass="passenger"/><vType id="b" vClass="bus"/><vType id="c"/>'
        '<vTypeDistribution id="d"><vType id="t" vClass="tram"/><vType id="e" vClass="taxi"/></vTypeDistribution>'
    )
    assert due_in((written(f"<additional>{types}</additional>"),), 0.0, 1.0).transit_types == {"b", "t"}


def test_a_file_written_anew_is_read_anew(written: Callable[..., Path]) -> None:
    path = written('<routes><trip id="a" from="x" to="y" depart="1.00"/></routes>')
    assert set(due_in((path,), 0.0, 9.0).vehicles) == {"a"}
    path.unlink()
    path = written('<routes><trip id="a" from="x" to="y" depart="1.00"/><trip id="b" from="x" depart="2.00"/></routes>')
    assert set(due_in((path,), 0.0, 9.0).vehicles) == {"a", "b"}
