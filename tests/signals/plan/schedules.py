"""Schedules for tests: a week of two plans, changed ones, and random sound ones."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from signals.plan import Schedule
from signals.plan.schedule import WEEKDAYS

DAY, NIGHT = "d" * 64, "e" * 64
BERLIN = "Europe/Berlin"


def week(**changed: Any) -> Schedule:
    """All of 2026 in Berlin: plan "day" from 06:00 to 22:00, else "night"; on Christmas Day "night" alone."""
    values: dict[str, Any] = {
        "zone": BERLIN,
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "plans": ({"name": "day", "digest": DAY}, {"name": "night", "digest": NIGHT}),
        "entries": (
            {"weekdays": WEEKDAYS, "start": time(6), "plan": "day"},
            {"weekdays": WEEKDAYS, "start": time(22), "plan": "night"},
            {"holidays": (date(2026, 12, 25),), "start": time(), "plan": "night"},
        ),
    }
    return Schedule.model_validate({**values, **changed})


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any sound schedule of some weeks about the days on which clocks change."""
    first = draw(st.sampled_from([date(2026, 3, 20), date(2026, 10, 20), date(2026, 4, 1)]))
    last = date.fromordinal(first.toordinal() + draw(st.integers(0, 14)))
    names = ("a", "b", "c")
    moments = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
    entries: list[dict[str, Any]] = []
    for day in WEEKDAYS:
        for start in draw(st.lists(moments, min_size=1, max_size=4, unique=True)):
            entries.append({"weekdays": (day,), "start": start, "plan": draw(st.sampled_from(names))})
    for start in draw(st.lists(moments, max_size=2, unique=True)):
        entries.append({"holidays": (last,), "start": start, "plan": draw(st.sampled_from(names))})
    used = sorted({entry["plan"] for entry in entries})
    return Schedule.model_validate(
        {
            "zone": draw(st.sampled_from([BERLIN, "America/New_York", "UTC", "Australia/Lord_Howe"])),
            "valid_from": first,
            "valid_to": last,
            "plans": tuple({"name": name, "digest": name[0].replace("g", "0") * 64} for name in used),
            "entries": tuple(entries),
        }
    )
