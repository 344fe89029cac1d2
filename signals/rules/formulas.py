"""Formulas of safety times: yellow, red clearance, intergreen, clearance on foot. All in SI units, unrounded."""

from __future__ import annotations

from dataclasses import dataclass

GRAVITY_M_PER_S2 = 9.81
REACTION_S, DECELERATION_M_PER_S2 = 1.0, 3.05  # 10 ft/s²
VEHICLE_M = 6.1  # 20 ft

_AMBER_S = ((50.0, 3.0), (60.0, 4.0), (70.0, 5.0))  # up to so many km/h


@dataclass(frozen=True, slots=True)
class Clearing:
    """A stream that clears, by RiLSA: how long after the end of its green the last one crosses the stop line [s], its
    speed [m/s], the length of its vehicles [m]."""

    crossing_s: float
    speed_m_per_s: float
    vehicle_m: float


# Crossing times and speeds: RiLSA 2015, ch. 2. Lengths: the same, as in the German Wikipedia, "Zwischenzeit
# (Verkehrstechnik)": 6 m for all motor vehicles with lorries and buses, none for bicycles, 15 m for trams.
STRAIGHT_ON, TURNING = Clearing(3.0, 10.0, 6.0), Clearing(2.0, 7.0, 6.0)
BICYCLES = Clearing(1.0, 4.0, 0.0)
# A least only: trams have crossing times of their own by speed, none shorter than these.
TRAMS_STRAIGHT_ON, TRAMS_TURNING = Clearing(3.0, 10.0, 15.0), Clearing(3.0, 7.0, 15.0)


def ite_yellow_s(
    speed_m_per_s: float, grade_share: float = 0.0, deceleration_m_per_s2: float = DECELERATION_M_PER_S2
) -> float:
    """Yellow change Y = t + V / (2 a + 2 g G) [s]; upgrade positive (ITE; NCHRP Report 731, pp. 44-51)."""
    return REACTION_S + speed_m_per_s / (2 * deceleration_m_per_s2 + 2 * GRAVITY_M_PER_S2 * grade_share)


def ite_red_clearance_s(width_m: float, speed_m_per_s: float, vehicle_m: float = VEHICLE_M) -> float:
    """Red clearance R = (W + L) / V [s], W from the stop line to the far edge of the last conflict (ITE)."""
    return (width_m + vehicle_m) / speed_m_per_s


def rilsa_amber_s(speed_m_per_s: float) -> float:
    """Amber by permitted speed [s]: 3 s up to 50 km/h, 4 s up to 60, 5 s above (RiLSA)."""
    speed_km_per_h = round(3.6 * speed_m_per_s, 3)
    return next((amber_s for limit, amber_s in _AMBER_S if speed_km_per_h <= limit), _AMBER_S[-1][1])


def rilsa_intergreen_s(path_m: float, stream: Clearing) -> float:
    """Intergreen t + (s + L) / v [s] (RiLSA 2015, ch. 2), who enters taken at the conflict at once: where the conflict
    lies is not known, and so it is on the safe side. `path_m` is the clearing path s."""
    return stream.crossing_s + (path_m + stream.vehicle_m) / stream.speed_m_per_s


def walk_clearance_s(length_m: float, walking_speed_m_per_s: float) -> float:
    """Clearance on foot: length of the crossing over walking speed [s] (MUTCD 11th ed., 4I.06)."""
    return length_m / walking_speed_m_per_s
