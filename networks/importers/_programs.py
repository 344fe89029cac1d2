"""Signal programs (`tlLogic` and its steps) as the simulator's files hold them, in networks and additional files."""

from __future__ import annotations

import re

from networks.importers._values import Reader
from networks.junction import Program, ProgramStep

# Programs that no plan times: trains switch these signals.
TRAIN_CONTROLLED = frozenset({"rail_signal", "rail_crossing"})

_STATE = re.compile(r"[ruyYgGoOs]{1,4096}")
_LONGEST_S = 86_400.0
_LENGTHS = (
    ("min_ds", "minDur"),
    ("max_ds", "maxDur"),
    ("yellow_ds", "yellow"),
    ("red_ds", "red"),
    ("extension_ds", "vehext"),
)


class ProgramReader:
    """Handles `tlLogic`, `phase` and `param` elements; `programs` are in the order of the file, that of loading."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.programs: list[Program] = []
        self.train_controlled: set[str] = set()
        self._open: dict[str, str] | None = None
        self._steps: list[ProgramStep] = []
        self._parameters: list[tuple[str, str]] = []
        self._seen: set[tuple[str, str]] = set()
        self._where = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tlLogic":
            self._open, self._steps, self._parameters = attributes, [], []
            self._where = f"program {attributes.get('programID')!r} of {attributes.get('id')!r}"
        elif self._open is not None and tag == "phase":
            self._step(attributes)
        elif self._open is not None and tag == "param":
            self._parameters.append((attributes.get("key", ""), attributes.get("value", "")))

    def end(self, tag: str) -> None:
        if tag != "tlLogic" or self._open is None:
            return
        attributes, self._open = self._open, None
        reader, where = self._reader, self._where
        name = reader.id(attributes, "id", where)
        kind = attributes.get("type", "static")
        if kind in TRAIN_CONTROLLED:
            self.train_controlled.add(name)
            return
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
                name, program_id, kind, offset_ds, tuple(self._steps), tuple(self._parameters), source=reader.source
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
            field: reader.deciseconds(attributes, key, where, -1.0, _LONGEST_S)
            for field, key in (("earliest_end_ds", "earliestEnd"), ("latest_end_ds", "latestEnd"))
            if key in attributes
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
