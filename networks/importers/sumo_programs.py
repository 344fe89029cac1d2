"""Signal programs (`tlLogic` and what is in it) as SUMO's files hold them, in networks and additional files.

What neither steps nor parameters can hold (conditions and functions of custom control, attributes of ring phases and
early ends of steps) makes a program one that is kept word for word. Other elements, and words by which the simulator
would open a file, are refused: a program is handed to the simulator again. So are switches between programs (WAUT), for
they leave open which one runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from networks.importers._values import Reader
from networks.junction import Markup, Program, ProgramStep

# Programs that no plan times: trains switch these signals.
TRAIN_CONTROLLED = frozenset({"rail_signal", "rail_crossing"})

_STATE = re.compile(r"[ruyYgGoOs]{1,4096}")
_LONGEST_S = 86_400.0
_INSIDE = {
    "tlLogic": frozenset({"phase", "param", "condition", "assignment", "function"}),
    "function": frozenset({"assignment"}),
}
_MODELLED = {
    "tlLogic": frozenset({"id", "type", "programID", "offset"}),
    "phase": frozenset(
        {"duration", "state", "minDur", "maxDur", "earliestEnd", "latestEnd", "next", "name", "yellow", "red", "vehext"}
    ),
    "param": frozenset({"key", "value"}),
}
_LENGTHS = (
    ("min_ds", "minDur"),
    ("max_ds", "maxDur"),
    ("yellow_ds", "yellow"),
    ("red_ds", "red"),
    ("extension_ds", "vehext"),
)
_OPENS_A_FILE = frozenset({"file", "output", "href", "dest", "source"})
_NOWHERE = frozenset({"NUL", "nul", "/dev/null", ""})
_NO = frozenset({"false", "0", "no", "off", "f", "-"})


def names_a_file(key: str, value: str) -> bool:
    """Whether the simulator would open a file because of this parameter of a program."""
    if re.search("file|output", key, re.IGNORECASE) is None or value in _NOWHERE:
        return False
    return key != "whetherOutputState" or value.lower() not in _NO


@dataclass(slots=True)
class _Open:
    """An element whose end has not come yet."""

    tag: str
    attributes: dict[str, str]
    children: list[Markup] = field(default_factory=list)

    def closed(self) -> Markup:
        return Markup(self.tag, tuple(self.attributes.items()), tuple(self.children))


class ProgramReader:
    """Handles `tlLogic` elements and all within; `programs` are in the order of the file, that of loading."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.programs: list[Program] = []
        self.train_controlled: set[str] = set()
        self._open: list[_Open] = []  # from the program inwards
        self._steps: list[ProgramStep] = []
        self._parameters: list[tuple[str, str]] = []
        self._unmodelled: dict[str, None] = {}
        self._seen: set[tuple[str, str]] = set()
        self._where = ""

    @property
    def inside(self) -> bool:
        """Whether a program is open: then every element belongs to it."""
        return bool(self._open)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open:
            if tag == "WAUT":
                found = "programs switched by the time of day"
                needed = "the programs of one period, without WAUT"
                self._reader.fault("WAUT", f"WAUT {attributes.get('id')!r}", found, needed)
                return
            if tag != "tlLogic":
                return
            self._steps, self._parameters, self._unmodelled = [], [], {}
            self._where = f"program {attributes.get('programID')!r} of {attributes.get('id')!r}"
        elif tag not in _INSIDE.get(self._open[-1].tag, frozenset()):
            known = ", ".join(sorted(_INSIDE["tlLogic"]))
            self._reader.fault("element", self._where, f"<{tag}> inside <{self._open[-1].tag}>", known)
        elif tag == "phase":
            self._step(attributes)
        elif tag == "param":
            self._parameter(attributes.get("key", ""), attributes.get("value", ""))
        self._note_unmodelled(tag, attributes)
        self._open.append(_Open(tag, attributes))

    def end(self, tag: str) -> None:
        if not self._open:
            return
        ended = self._open.pop().closed()
        if self._open:
            self._open[-1].children.append(ended)
        elif dict(ended.attributes).get("type") in TRAIN_CONTROLLED:
            self.train_controlled.add(self._reader.id(dict(ended.attributes), "id", self._where))
        else:
            self._program(ended)

    def _note_unmodelled(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in _MODELLED:
            self._unmodelled[f"<{tag}>"] = None
        for name, value in attributes.items():
            if name in _OPENS_A_FILE:
                self._reader.fault("attribute", f"{self._where}, <{tag}>", f"{name}={value!r}", "no file names")
            if tag in _MODELLED and name not in _MODELLED[tag]:
                self._unmodelled[f"{name} of <{tag}>"] = None

    def _parameter(self, key: str, value: str) -> None:
        if names_a_file(key, value):
            self._reader.fault("parameter", self._where, f"{key}={value!r}", "no file names")
        self._parameters.append((key, value))

    def _program(self, found: Markup) -> None:
        attributes = dict(found.attributes)
        reader, where = self._reader, self._where
        name = reader.id(attributes, "id", where)
        kind = attributes.get("type", "static")
        program_id = reader.id(attributes, "programID", where)
        if (name, program_id) in self._seen:
            reader.fault("program", where, "more than once in this file", "one program per id")
        self._seen.add((name, program_id))
        if not self._steps:
            reader.fault("program", where, "no steps (a signal that is off)", "at least one step")
        if len({len(step.state) for step in self._steps}) > 1:
            lengths = sorted({len(step.state) for step in self._steps})
            reader.fault("states", where, f"lengths {lengths}", "one letter per channel, the same number in every step")
        faulty = [i for step in self._steps for i in step.next_steps if i >= len(self._steps)]
        if faulty:
            reader.fault("next", where, f"step {faulty[0]}", f"steps below {len(self._steps)}")
        if "offset" in attributes:
            offset_ds = reader.deciseconds(attributes, "offset", where, -_LONGEST_S, _LONGEST_S)
        else:
            offset_ds = 0
        self.programs.append(
            Program(
                name,
                program_id,
                kind,
                offset_ds,
                tuple(self._steps),
                tuple(self._parameters),
                source=reader.source,
                unmodelled=tuple(self._unmodelled),
                as_found=found if self._unmodelled else None,
            )
        )

    def _step(self, attributes: dict[str, str]) -> None:
        reader = self._reader
        where = f"{self._where}, step {len(self._steps)}"
        state = attributes.get("state", "")
        if not _STATE.fullmatch(state):
            reader.fault("state", where, repr(state), "letters of ruygGoOs, one per channel")
            state = "r"
        duration_ds = reader.deciseconds(attributes, "duration", where, 0.1, _LONGEST_S)
        times = {
            field: reader.deciseconds(attributes, key, where, 0.0, 2_147_483.0)
            for field, key in _LENGTHS
            if key in attributes
        }
        times |= {
            field: end_ds
            for field, key in (("earliest_end_ds", "earliestEnd"), ("latest_end_ds", "latestEnd"))
            if key in attributes and (end_ds := reader.deciseconds(attributes, key, where, -1.0, _LONGEST_S)) >= 0
        }
        following = attributes.get("next", "").split()
        if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in following):
            reader.fault("next", where, repr(attributes["next"]), "indices of steps")
            following = []
        self._steps.append(
            ProgramStep(
                state=state.replace("Y", "y"),
                duration_ds=duration_ds,
                min_ds=times.get("min_ds"),
                max_ds=times.get("max_ds"),
                earliest_end_ds=times.get("earliest_end_ds"),
                latest_end_ds=times.get("latest_end_ds"),
                next_steps=tuple(map(int, following)),
                name=attributes.get("name", "")[:200],
                yellow_ds=times.get("yellow_ds"),
                red_ds=times.get("red_ds"),
                extension_ds=times.get("extension_ds"),
            )
        )
