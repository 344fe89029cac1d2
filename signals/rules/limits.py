"""What may stand in the engineer's file: least and largest of every value, and the JSON Schema made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.junction import GroupKind, SignalGroup
from signals.rules.types import Margins

STREET_LIMITS = {"lane_width_m": (2.0, 8.0), "heavy_share": (0.0, 1.0)}
APPROACH_LIMITS = STREET_LIMITS | {
    "saturation_flow_veh_per_h_per_lane": (500.0, 3000.0),
    "turn_radius_m": (3.0, 200.0),
    "grade_share": (-0.15, 0.15),
}
WALKING = {"walking_speed_m_per_s": (0.3, 1.5)}  # of the clearance on foot
START_UP_DELAY = {"start_up_delay_s": (0.0, 1.0)}  # of who starts, off the red clearance by ITE
INTERSECTION_LIMITS = {
    "cycle_min_s": (1.0, 3600.0),
    "cycle_max_s": (1.0, 3600.0),
    "max_stages": (1, 64),
    "resolution_s": (0.1, 1.0),
    **WALKING,
    **START_UP_DELAY,
}
GROUP_LIMITS = (
    {
        "min_green_s": (0.0, 600.0),
        "max_green_s": (1.0, 3600.0),
        "yellow_s": (3.0, 6.0),
        "red_amber_s": (0.0, 3.0),
        "green_flash_s": (0.0, 6.0),
        "walk_s": (4.0, 120.0),
        "pedestrian_clearance_s": (0.0, 300.0),
        "pedestrian_calls_per_h": (0.0, 3600.0),
        "approach_speed_m_per_s": (1.0, 50.0),
        "clearing_width_m": (1.0, 150.0),
    }
    | WALKING
    | APPROACH_LIMITS
)
_ON_FOOT = {"walk_s", "pedestrian_clearance_s", "pedestrian_calls_per_h", *WALKING}
RESOLUTIONS_S = (0.1, 0.2, 0.5, 1.0)  # whole parts of a second
SIMULATION_LIMITS = {"step_s": (0.1, 1.0)}
APPROACH = "approach"
UNTOUCHED = "untouched"
COORDINATED = "coordinated_groups"
SYSTEM = "system"
INTERGREEN_S = (0.0, 60.0)


def group_limits(group: SignalGroup, *, recorded: bool = False) -> Mapping[str, tuple[float, float]]:
    """What may be said of a signal group, with least and largest value; `recorded`: of what a controller has, which may
    be a yellow that nobody may ask for."""
    limits = {key: bounds for key, bounds in GROUP_LIMITS.items() if group.walkers or key not in _ON_FOOT}
    if group.kind is GroupKind.PEDESTRIAN:
        no_limits = {"green_flash_s", *APPROACH_LIMITS}  # flashing green is the clearance on foot
        limits = {key: bounds for key, bounds in limits.items() if key not in no_limits}
    if recorded or group.kind is GroupKind.PEDESTRIAN:
        limits["yellow_s"] = (0.0, limits["yellow_s"][1])
    return limits


def engineer_schema() -> dict[str, Any]:
    """JSON Schema of the file's content, from the same limits that it is read with.

    What hangs together (minimum not above maximum, ids of the street, values that only groups on foot have) is judged
    when the file is read.
    """
    intersection = _properties(INTERSECTION_LIMITS | STREET_LIMITS) | {"resolution_s": {"enum": list(RESOLUTIONS_S)}}
    named = {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True}
    entry = _properties({"time_s": INTERGREEN_S, "giving_way_s": INTERGREEN_S})
    entry |= {"from": {"type": "string"}, "to": {"type": "string"}}
    of_group = _record(_properties(GROUP_LIMITS | {"yellow_s": (0.0, GROUP_LIMITS["yellow_s"][1])}))
    own = intersection | {
        UNTOUCHED: {"type": "boolean"},
        COORDINATED: {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        "group": {"type": "object", "additionalProperties": of_group},
        APPROACH: {"type": "object", "additionalProperties": _record(_properties(APPROACH_LIMITS))},
        "intergreen": {"type": "array", "items": _record(entry) | {"required": ["from", "to", "time_s"]}},
    }
    return _record(
        {
            "all": _record(intersection),
            "intersection": {"type": "object", "additionalProperties": _record(own)},
            SYSTEM: {"type": "array", "items": _record({"intersections": named}) | {"required": ["intersections"]}},
            "simulation": _record(_properties(SIMULATION_LIMITS)),
            "margins": _record(_properties(margin_limits(), tenths=False)),
        }
    )


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _properties(limits: Mapping[str, tuple[float, float]], *, tenths: bool = True) -> dict[str, Any]:
    """One number per key; `tenths`: seconds are given in tenths."""
    found: dict[str, Any] = {}
    for key, (low, high) in limits.items():
        found[key] = {"type": "integer" if isinstance(low, int) else "number", "minimum": low, "maximum": high}
        if tenths and key.endswith("_s") and not key.endswith("_m_per_s"):
            found[key]["description"] = "seconds, in tenths"
    return found


def margin_limits() -> dict[str, tuple[float, float]]:
    """Least and largest value of every margin."""
    return {name: (0.0, 1.0 if name.endswith("_share") else 3600.0) for name in Margins.model_fields} | {
        "approach_min_vehicles": (1, 100_000),
        "saturation_share": (0.5, 2.0),
    }
