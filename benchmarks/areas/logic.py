"""The rule in SUMO's own words: conditions and assignments of an `actuated` program, worked out in every second.

Of every stage it is known how many vehicles it would serve and how long the longest of their queues takes to leave; the
stage with the most vehicles per second comes next, a change costing its time. After the priority index of Laemmer and
Helbing (J. Stat. Mech. 2008, P04019), with who is in the areas for who will be served, and without its stabilisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from xml.sax.saxutils import quoteattr

from benchmarks.areas.detectors import Area, Street
from benchmarks.areas.lanes import Flows, LanesOf
from networks.junction import Intersection, Program
from networks.network import Network
from signals.control import program_of
from signals.control.spoken import NO_LOOP
from signals.files import write_whole
from signals.plan import IntersectionPlan, StagesBody, TimingPlan

_HEADWAY_S, _START_S = 2.0, 1.0
_OUT_M = 25.0
_SCALE = 1000  # SUMO rounds what it works out to hundredths


@dataclass(frozen=True, slots=True)
class Response:
    """How signals respond to what their areas count.

    `reach_m`: from the stop line; `change_s`: what a change of stages is taken to cost; `stages`: the given ones and
    designed ones, of an intersection; `full`: a way out that is so full lets nobody go (0: not looked at).
    """

    reach_m: float = 40.0
    change_s: float = 8.0
    stages: int = 8
    full: float = 0.5

    @property
    def name(self) -> str:
        """In words."""
        out = f", none into links {self.full:.0%} full" if self.full else ""
        return f"areas of {self.reach_m:g} m, {self.change_s:g} s a change, up to {self.stages} stages{out}"


def write(plan: TimingPlan, network: Network, flows: Flows, response: Response, path: Path) -> None:
    """Write areas and programs of a plan in which every stage may follow every other; who is untouched runs on."""
    street, numbers = Street(network), count()
    areas: list[Area] = []
    lines: list[str] = []
    for timing in plan.intersections:
        if not timing.untouched:
            intersection = network.intersection(timing.intersection_id)
            rule = _Rule(street, LanesOf(network, intersection, flows), response, f"area{next(numbers)}.")
            lines += _program(timing, intersection, network, rule)
            areas += rule.areas
    text = ["<additional>", *(area.line() for area in areas), *lines, "</additional>"]
    write_whole(path, ("\n".join(text) + "\n").encode())


@dataclass(slots=True)
class _Rule:
    """The assignments of one program, and the areas that they ask."""

    street: Street
    lanes: LanesOf
    response: Response
    prefix: str
    areas: list[Area] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _products: dict[tuple[float, str], str] = field(default_factory=dict)

    def work_out(self, pictures: Sequence[str]) -> None:
        """Per stage k: `Ck`, its vehicles per second if it goes on, and `Ak`, if it is changed to; `best` and `then`:
        the two stages that are most worth a change."""
        lane_ids = self.lanes.lane_ids
        self._count()
        for number, lane_id in enumerate(lane_ids):
            own = [(at, columns) for at, columns in enumerate(self.lanes.columns) if lane_id in columns]
            self._sum(f"lane{number}", [self._times(1 / len(columns), f"come{at}") for at, columns in own])
        for k, picture in enumerate(pictures):
            shares = [(self.lanes.served(at, picture), f"come{at}") for at in range(len(self.lanes.movements))]
            self._sum("served", [self._times(share, name) for share, name in shares if share])
            self._set("lasts", "0")
            for lane_id, rate in self.lanes.rates(picture).items():
                queue = self._times(_HEADWAY_S / rate, f"lane{lane_ids.index(lane_id)}")
                self._set("lasts", queue, f"{queue} > lasts")
            self._set("scaled", f"{_SCALE} * served")
            for name, lost_s in ((f"C{k}", _START_S), (f"A{k}", self.response.change_s)):
                self._set("whole", f"lasts + {lost_s:g}")
                self._set(name, "scaled / whole")
        for name in ("best", "then"):
            self._set(name, "-1")
            self._set(f"of_{name}", "0")
        for k in range(len(pictures)):
            for name, value in (("then", f"{k}"), ("of_then", f"A{k}")):
                self._set(name, value, f"A{k} > of_then")
            for name, value in (("then", "best"), ("of_then", "of_best"), ("best", f"{k}"), ("of_best", f"A{k}")):
                self._set(name, value, f"A{k} > of_best")

    def _count(self) -> None:
        """Per movement the vehicles in its areas, none where its way out is full."""
        out: dict[str, tuple[str, float]] = {}
        for at, movement in enumerate(self.lanes.movements):
            come = self.street.approaching(movement, self.response.reach_m, f"{self.prefix}{at}.")
            self.areas += come
            self._sum(f"come{at}", [f"a:{area.id}" for area in come])
            link_id = movement.to_link_id
            if self.response.full and link_id not in out:
                leave, room = self.street.leaving(link_id, _OUT_M, f"{self.prefix}out{len(out)}.")
                self.areas += leave
                out[link_id] = f"out{len(out)}", room
                self._sum(out[link_id][0], [f"a:{area.id}" for area in leave])
            if self.response.full and out[link_id][1]:
                name, room = out[link_id]
                self._set(f"come{at}", "0", f"{name} >= {self.response.full * room:.1f}")

    def _set(self, name: str, value: str, check: str = "1") -> None:
        check = check.replace(">", "&gt;")
        self.lines.append(f'<assignment id="{name}" check="{check}" value="{value}"/>')

    def _sum(self, name: str, terms: Sequence[str]) -> None:
        """Two by two: SUMO takes the time of the square for long sums."""
        self._set(name, " + ".join(terms[:2]) if terms else "0")
        for term in terms[2:]:
            self._set(name, f"{name} + {term}")

    def _times(self, factor: float, name: str) -> str:
        if factor == 1.0:
            return name
        key = (round(factor, 3), name)
        if key not in self._products:
            self._products[key] = f"product{len(self._products)}"
            self._set(self._products[key], f"{key[0]:g} * {name}")
        return self._products[key]


def _program(timing: IntersectionPlan, intersection: Intersection, network: Network, rule: _Rule) -> list[str]:
    """The steps of the plan's program; the first step of every way says when it is taken."""
    program = program_of(timing, intersection)
    place = {number: at for at, number in enumerate(n for n, step in enumerate(program.steps) if step.name)}
    assert isinstance(timing.body, StagesBody)
    rule.work_out([stage.displays for stage in timing.body.sequence])
    taken = {first: (at, place[_target(program, first)]) for n, at in place.items() for first in _behind(program, n)}
    phases = []
    for number, step in enumerate(program.steps):
        times = (("duration", step.duration_ds), ("minDur", step.min_ds), ("maxDur", step.max_ds))
        said = "".join(f' {name}="{time_ds / 10:g}"' for name, time_ds in times if time_ds is not None)
        said += f' state="{step.state}" next="{" ".join(map(str, _behind(program, number)))}"'
        if number in taken:
            i, j = taken[number]
            said += f' earlyTarget="best == {j} and of_best &gt; C{i}"'
            said += f' finalTarget="best == {j} or best == {i} and then == {j}"'
        phases.append(f"<phase{said}/>")
    paths = (network.lane_link(name) for movement in intersection.movements for name in movement.lane_link_ids)
    own = (
        f'<param key={quoteattr(lane_id)} value="{NO_LOOP}"/>'
        for lane_id in dict.fromkeys(path.from_lane_id for path in paths)
    )
    head = f'<tlLogic id={quoteattr(intersection.id)} type="actuated" programID="{timing.program_id}" offset="0">'
    return [head, *phases, *own, *rule.lines, "</tlLogic>"]


def _behind(program: Program, number: int) -> tuple[int, ...]:
    """The steps that can follow one."""
    return program.steps[number].next_steps or ((number + 1) % len(program.steps),)


def _target(program: Program, number: int) -> int:
    """The stage that a way leads to."""
    while not program.steps[number].name:
        (number,) = _behind(program, number)
    return number
