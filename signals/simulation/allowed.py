"""The allow-list for demand files: elements, their attributes, and what each attribute may hold.

Nothing that is not listed here ever reaches the simulator: it follows `include`, and it writes to any `file` (also to a
"host:port") that a detector, an event or a parameter names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signals.simulation.untrusted import finite, is_id, seconds

Check = Callable[[str], str | None]  # what is needed instead, or None where the value is good

_WORD = re.compile(r"[A-Za-z0-9_.,()+/ -]{1,64}", re.ASCII)
_NOT_A_NUMBER = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)


def _number(least: float, most: float) -> Check:
    return lambda text: None if finite(text, least, most) is not None else f"a number from {least:g} to {most:g}"


def _id(text: str) -> str | None:
    return None if is_id(text) else "an id without spaces, separators, slashes or quotes"


def _ids(text: str) -> str | None:
    ids = text.split()
    return None if ids and all(map(is_id, ids)) else "ids separated by spaces"


def _commas(text: str) -> str | None:
    return None if all(is_id(word.strip()) for word in text.replace(",", " ").split()) else "ids"


def _numbers(text: str) -> str | None:
    return None if all(finite(word, 0, 1e9) is not None for word in text.replace(",", " ").split()) else "numbers >= 0"


def _time(text: str) -> str | None:
    return None if seconds(text) is not None else "a time in seconds from 0 to 1e7 (or hh:mm:ss)"


def _word(text: str) -> str | None:
    """A number, a name of the simulator, or a distribution such as normc(1,0.1,0.2,2)."""
    if not _WORD.fullmatch(text) or "//" in text or ".." in text or _NOT_A_NUMBER.search(text):
        return "a finite number or a plain word"
    if re.match(r"[+-]?[.\d]", text) and " " not in text and "," not in text:
        return _number(-1e9, 1e9)(text) if re.fullmatch(r"[+-]?[\d.eE+-]+", text) else None
    return None


def _number_or(least: float, most: float, *words: str) -> Check:
    """A number of this range, or one of the simulator's words."""
    needed = f"a number from {least:g} to {most:g}" + (f", or one of {', '.join(words)}" if words else "")
    return lambda text: None if text in words or finite(text, least, most) is not None else needed


def _index_or(*words: str) -> Check:
    needed = f"a whole number from 0, or one of {', '.join(words)}"
    return lambda text: None if text in words or re.fullmatch(r"\d{1,3}", text) else needed


def _one_of(*words: str) -> Check:
    return lambda text: None if text in words else f"one of {', '.join(words)}"


_DISTRIBUTION = re.compile(r"(normc?|lognormc?|gammac?|uniform|exp)\((-?[\d.]+(e-?\d+)?,? ?){1,4}\)", re.ASCII)


def _amount(text: str) -> str | None:
    """A number, or a distribution of numbers such as normc(1,0.1,0.2,2)."""
    if finite(text, -1e6, 1e6) is not None or _DISTRIBUTION.fullmatch(text):
        return None
    return "a number, or a distribution such as normc(1,0.1,0.2,2)"


def _one(text: str) -> str | None:
    return None if finite(text, 1.0, 1.0) is not None else "1 (every vehicle of the file drives once)"


def _period(text: str) -> str | None:
    return (
        None if finite(text, 1e-3, 1e7) is not None or exponential_rate(text) is not None else "seconds, or exp(rate)"
    )


def exponential_rate(text: str) -> float | None:
    """Rate [1/s] of "exp(rate)"; None for anything else."""
    found = re.fullmatch(r"exp\(([^)]*)\)", text.strip())
    return finite(found.group(1), 1e-6, 1e3) if found else None


_POSITION = _number(-1e6, 1e6)
_SHARE = _number(0, 1e9)
_PLACE = _number_or(-1e6, 1e6, "random", "free", "random_free", "random_location", "base", "last", "stop", "splitFront")
_SIDE = _number_or(-100, 100, "random", "free", "random_free", "left", "right", "center")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One element: attributes with their checks, families of attributes by pattern, needed ones, children."""

    attributes: Mapping[str, Check]
    needed: tuple[str, ...] = ()
    children: frozenset[str] = frozenset()
    family: re.Pattern[str] | None = None  # further attributes, each a plain word

    def check_of(self, name: str) -> Check | None:
        if name in self.attributes:
            return self.attributes[name]
        return _word if self.family is not None and self.family.fullmatch(name) else None


# Looks, and what routing tools note beside a vehicle: read over, not passed on.
DROPPED = frozenset({"color", "guiShape", "arrival", "routeLength", "exitTimes", "cost", "name", "timeToTeleport"})

_VEHICLE: dict[str, Check] = {
    "id": _id,
    "type": _id,
    "departLane": _index_or("first", "best", "free", "allowed", "random", "best_prob"),
    "departPos": _PLACE,
    "departSpeed": _number_or(0, 100, "random", "max", "desired", "speedLimit", "last", "avg"),
    "departPosLat": _SIDE,
    "departEdge": _index_or("random"),
    "arrivalLane": _index_or("current", "first", "random"),
    "arrivalPos": _number_or(-1e6, 1e6, "random", "max"),
    "arrivalSpeed": _number_or(0, 100, "current"),
    "arrivalPosLat": _SIDE,
    "arrivalEdge": _index_or("random"),
    "line": _word,
    "personNumber": _number(0, 1000),
    "containerNumber": _number(0, 1000),
    "speedFactor": _number(0.05, 10),
}
_TRIP: dict[str, Check] = {"from": _id, "to": _id, "via": _ids}
_FLOW: dict[str, Check] = {
    "begin": _time,
    "end": _time,
    "number": _number(0, 1e7),
    "period": _period,
    "vehsPerHour": _number(1e-3, 1e6),
    "perHour": _number(1e-3, 1e6),
    "probability": _number(0, 1),
}
_INSIDE_VEHICLE = frozenset({"route", "stop", "param"})
_PERSON: dict[str, Check] = {
    "id": _id,
    "type": _id,
    "departPos": _word,
    "departPosLat": _word,
    "speedFactor": _number(0.05, 10),
}
_INSIDE_PERSON = frozenset({"walk", "ride", "personTrip", "stop"})
_STOP: dict[str, Check] = {
    "lane": _id,
    "edge": _id,
    "busStop": _id,
    "trainStop": _id,
    "parkingArea": _id,
    "startPos": _POSITION,
    "endPos": _POSITION,
    "friendlyPos": _word,
    "duration": _time,
    "until": _time,
    "arrival": _time,
    "parking": _word,
    "triggered": _word,
    "index": _word,
    "line": _word,
    "tripId": _id,
    "speed": _number(0, 100),
    "actType": _word,
}
_PLATFORM: dict[str, Check] = {
    "id": _id,
    "lane": _id,
    "startPos": _POSITION,
    "endPos": _POSITION,
    "friendlyPos": _word,
    "lines": _word,
    "personCapacity": _number(0, 1e6),
    "parkingLength": _number(0, 1e4),
}
_TYPE_NUMBERS = (
    "speedFactor length minGap maxSpeed desiredMaxSpeed speedDev accel decel emergencyDecel apparentDecel startupDelay "
    "sigma sigmaStep tau width height mass personCapacity containerCapacity boardingDuration loadingDuration minGapLat "
    "maxSpeedLat actionStepLength collisionMinGapFactor k phi delta stepping security estimation adaptTime adaptFactor "
    "tmp1 tmp2 tmp3 tmp4 tmp5 tpreview tPersDrive treaction tPersEstimate ccoolness sigmaleader sigmagap sigmaerror "
    "frontSurfaceArea"
)
_VEHICLE_CLASSES = (
    "private emergency authority army vip pedestrian passenger hov taxi bus coach delivery truck trailer motorcycle "
    "moped bicycle wheelchair scooter evehicle tram rail_urban rail rail_electric rail_fast ship container cable_car "
    "subway aircraft drone custom1 custom2 ignoring"
)
_CAR_FOLLOWING = (
    "Krauss KraussOrig1 KraussPS KraussX SmartSK Daniel1 IDM IDMM EIDM PWagner2009 BKerner Wiedemann W99 Rail ACC CACC"
)
_TYPE: dict[str, Check] = dict.fromkeys(_TYPE_NUMBERS.split(), _amount) | {
    "vClass": _one_of(*_VEHICLE_CLASSES.split()),
    "carFollowModel": _one_of(*_CAR_FOLLOWING.split()),
    "laneChangeModel": _one_of("LC2013", "SL2015", "DK2008", "default"),
    "latAlignment": _number_or(-100, 100, "left", "right", "center", "compact", "nice", "arbitrary"),
    "impatience": _number_or(0, 1, "off"),
    "emissionClass": _word,
    "manufacturer": _word,
}

ALLOWED: dict[str, Allowed] = {
    "vType": Allowed(
        {"id": _id, "probability": _SHARE, "scale": _one} | _TYPE,
        needed=("id",),
        children=frozenset({"param"}),
        family=re.compile(r"(jm|lc|cc|speedControl|gapControl|gapClosingControl|collisionAvoidance)[A-Za-z0-9]{1,40}"),
    ),
    "vTypeDistribution": Allowed(
        {"id": _id, "vTypes": _ids, "probabilities": _numbers, "deterministic": _word},
        needed=("id",),
        children=frozenset({"vType"}),
    ),
    "route": Allowed(
        {"id": _id, "edges": _ids, "probability": _SHARE, "repeat": _number(0, 1000), "cycleTime": _time, "refId": _id},
        children=frozenset({"stop"}),
    ),
    "routeDistribution": Allowed(
        {"id": _id, "routes": _ids, "probabilities": _numbers}, needed=("id",), children=frozenset({"route"})
    ),
    "busStop": Allowed(_PLATFORM, needed=("id", "lane"), children=frozenset({"access"})),
    "trainStop": Allowed(_PLATFORM, needed=("id", "lane"), children=frozenset({"access"})),
    "access": Allowed({"lane": _id, "pos": _word, "length": _number(0, 1e5), "friendlyPos": _word}, needed=("lane",)),
    "parkingArea": Allowed(
        _PLATFORM
        | {
            "roadsideCapacity": _number(0, 1e5),
            "onRoad": _word,
            "width": _number(0, 100),
            "length": _number(0, 100),
            "angle": _number(-360, 360),
            "departPos": _word,
        },
        needed=("id", "lane"),
        children=frozenset({"space"}),
    ),
    "space": Allowed(dict.fromkeys(("x", "y", "z", "width", "length", "angle", "slope"), _POSITION)),
    "stop": Allowed(_STOP),
    "param": Allowed({"key": _word, "value": _word}, needed=("key", "value")),
    "vehicle": Allowed(_VEHICLE | {"depart": _time, "route": _id}, ("id", "depart"), _INSIDE_VEHICLE),
    "trip": Allowed(_VEHICLE | _TRIP | {"depart": _time}, ("id", "depart", "from", "to"), frozenset({"stop", "param"})),
    "flow": Allowed(_VEHICLE | _TRIP | _FLOW | {"route": _id}, ("id",), _INSIDE_VEHICLE),
    "person": Allowed(_PERSON | {"depart": _time}, ("id", "depart"), _INSIDE_PERSON),
    "personFlow": Allowed(_PERSON | _FLOW, ("id",), _INSIDE_PERSON),
    "walk": Allowed(
        {
            "edges": _ids,
            "route": _id,
            "from": _id,
            "to": _id,
            "busStop": _id,
            "departPos": _word,
            "arrivalPos": _word,
            "speed": _number(0.01, 20),
            "duration": _time,
        }
    ),
    "ride": Allowed({"from": _id, "to": _id, "busStop": _id, "lines": _word, "arrivalPos": _word, "intended": _word}),
    "personTrip": Allowed(
        {"from": _id, "to": _id, "busStop": _id, "modes": _word, "vTypes": _ids, "lines": _word}
        | {"walkFactor": _number(0, 10), "departPos": _word, "arrivalPos": _word}
    ),
}

DEFINITIONS = ("busStop", "trainStop", "parkingArea", "vType", "vTypeDistribution", "route", "routeDistribution")
DEPARTURES = frozenset({"vehicle", "trip", "flow", "person", "personFlow"})
ROOTS = frozenset({"routes", "additional", "add"})

# Parameters can name files to write ("device.ssm.file"), so they too are listed: devices that only steer the vehicle.
_PARAMETERS = re.compile(
    r"(has\.(rerouting|emissions)\.device|device\.rerouting\.(probability|period|pre-period|adaptation-[a-z]+)"
    r"|jm[A-Za-z]+|lc[A-Za-z]+|carFollowModel|laneChangeModel)"
)


def parameter_fault(key: str) -> str | None:
    """What is needed instead of this parameter, None where it is allowed."""
    return (
        None
        if _PARAMETERS.fullmatch(key)
        else "a parameter that only steers the vehicle (such as has.rerouting.device)"
    )
