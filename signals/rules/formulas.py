"""Formulas of safety times: yellow, red clearance, intergreen, clearance on foot. All in SI units, unrounded."""

from __future__ import annotations

GRAVITY_M_PER_S2 = 9.81
REACTION_S, DECELERATION_M_PER_S2 = 1.0, 3.05  # 10 ft/s²
VEHICLE_M = 6.1  # 20 ft
CONFLICT_ENTRY_S = 1.0  # who starts needs so long to the conflict

_AMBER_S = ((50.0, 3.0), (60.0, 4.0), (70.0, 5.0))  # up to so many km/h
_RILSA_VEHICLE_M = 6.0


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


def rilsa_intergreen_s(path_m: float, *, turning: bool) -> float:
    """Intergreen t_cross + (s0 + L) / v_clear [s] (RiLSA 2015, ch. 2), the entering vehicle taken at the conflict at
    once: where the conflict lies is not known, and so it is on the safe side. `path_m` is the clearing path s0."""
    crossing_s, clearing_m_per_s = (2.0, 7.0) if turning else (3.0, 10.0)
    return crossing_s + (path_m + _RILSA_VEHICLE_M) / clearing_m_per_s


def walk_clearance_s(length_m: float, walking_speed_m_per_s: float) -> float:
    """Clearance on foot: length of the crossing over walking speed [s] (MUTCD 11th ed., 4I.06)."""
    return length_m / walking_speed_m_per_s
