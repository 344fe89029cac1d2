"""Profiles: the values that hold where nobody says otherwise. Data in `profiles/`, one file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import Field

from networks.faults import Fault, InputError
from signals.plan.model import Model, Text
from signals.rules.types import Margins, StepLength

_FOLDER = resources.files("signals.rules") / "profiles"
_Seconds = Annotated[float, Field(ge=0, le=3600)]
_Speed = Annotated[float, Field(ge=0, le=50)]


class Greens(Model):
    """Minimum greens of vehicles; `shorter_as_today`: what runs shorter today may stay so; `floor_s`: the least that
    may be said of vehicles where it may not."""

    through_min_s: _Seconds
    left_min_s: _Seconds
    floor_s: _Seconds
    shorter_as_today: bool


class OnFoot(Model):
    """Walk, speed of the clearance, and whether crossings are assumed where the network has none."""

    walk_s: _Seconds
    walking_speed_m_per_s: Annotated[float, Field(gt=0, le=5)]
    assumed: bool


class Cycles(Model):
    """Range of the cycle; `most_s`: the longest that may be asked for; `as_today`: what runs outside may stay."""

    min_s: _Seconds
    max_s: _Seconds
    most_s: _Seconds
    as_today: bool


class Policies(Model):
    """What the optimizer may change of the stages; `rail_untouched`: nothing where trains have signals of their own, or
    cross near; `detectors_as_found`: only detectors that are there end a stage; `resolution_s`: of the times that a
    plan chooses (None: tenths)."""

    max_stages: int
    resolution_s: Annotated[float, Field(ge=0.1, le=1)] | None = None
    stages_as_today: bool
    left_turns_as_today: bool
    rail_untouched: bool
    detectors_as_found: bool


class Clearances(Model):
    """How yellow and red clearance are worked out where the running program shows none, and whether too little of them
    is raised. Speeds: what traffic drives above the posted speed, and how far below it lefts turn. `start_up_delay_s`:
    how late who starts is, which by ITE comes off the red clearance."""

    method: Literal["ite", "rilsa"]
    raised: bool
    speed_over_posted_m_per_s: _Speed
    left_under_posted_m_per_s: _Speed
    yellow_step_s: Annotated[float, Field(gt=0, le=1)]
    yellow_min_s: _Seconds
    yellow_max_s: _Seconds
    start_up_delay_s: _Seconds
    red_step_s: Annotated[float, Field(gt=0, le=1)]
    red_min_s: _Seconds
    red_amber_s: _Seconds = 0.0


class Simulation(Model):
    """How the street is simulated: longest step; whether vehicles are made to discharge as lane groups should, and the
    saturation flows per lane that the formulas begin with, straight on and across oncoming traffic."""

    step_s: StepLength
    calibrated: bool
    through_veh_per_h: Annotated[float, Field(ge=500, le=3000)]
    across_veh_per_h: Annotated[float, Field(ge=500, le=3000)]


class Profile(Model):
    """All values of one profile; `base` is the one whose values it takes where it says nothing."""

    name: Text
    about: Text
    base: Text = ""
    green: Greens
    pedestrian: OnFoot
    cycle: Cycles
    policy: Policies
    clearance: Clearances
    simulation: Simulation
    margins: Margins

    @property
    def source(self) -> str:
        return f"profile {self.name}"


def profile_names() -> tuple[str, ...]:
    """Names of the profiles there are."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    )


def profile_of(name: str) -> Profile:
    """The profile of this name. Raises `InputError` where there is none."""
    if name not in profile_names():
        raise InputError([Fault("profile", "rules", repr(name), f"one of {', '.join(profile_names())}")])
    return Profile(name=name, **_values(name))


def _values(name: str) -> dict[str, Any]:
    own = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return _over(_values(own["base"]), own) if "base" in own else own


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what `own` says instead, table by table."""
    return {**base, **{k: _over(base[k], v) if isinstance(v, dict) and k in base else v for k, v in own.items()}}
