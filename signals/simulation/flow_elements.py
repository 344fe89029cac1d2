"""A flow of a demand file, spelled out as single departures, the same at every reading."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

import numpy as np

from signals.simulation.allowed import exponential_rate
from signals.simulation.untrusted import seconds

_DAY_S = 86400.0
_SEED = 20_011  # together with the flow's id


def depart_times_s(attributes: Mapping[str, str], most: int) -> Iterator[float]:
    """Departure times [s] of one flow, ascending. `ValueError` where it says too little or gives more than `most`.

    number: evenly over [begin, end); period, vehsPerHour, perHour: evenly from begin on; probability: once a second
    with this chance; period="exp(rate)": a Poisson stream. A number beside a rate ends the flow.
    """
    begin_s = seconds(attributes.get("begin", "0")) or 0.0
    end_text = attributes.get("end")
    number = int(float(attributes["number"])) if "number" in attributes else None
    rates = [name for name in ("period", "vehsPerHour", "perHour", "probability") if name in attributes]
    if len(rates) > 1 or (not rates and number is None):
        raise ValueError(f"{', '.join(rates) or 'no rate and no number'}")
    if end_text is None and (number is None or not rates):
        if number is None:
            raise ValueError("neither end nor number")
        end_text = str(_DAY_S)
    end_s = (seconds(end_text) or 0.0) if end_text is not None else float("inf")
    if end_s < begin_s:
        raise ValueError(f"end {end_s:g} before begin {begin_s:g}")
    if _expected(attributes, rates, end_s - begin_s, number) > most:  # said at once, not after so many vehicles
        raise ValueError(f"more than {most} vehicles")
    for count, depart_s in enumerate(_times(attributes, rates, begin_s, end_s, number)):
        if depart_s >= end_s or (number is not None and count >= number):
            return
        if count >= most:
            raise ValueError(f"more than {most} vehicles")
        yield round(depart_s, 2)


def _expected(attributes: Mapping[str, str], rates: list[str], length_s: float, number: int | None) -> float:
    """How many vehicles a flow will have: exactly, or on average where its times are drawn."""
    if not rates:
        return number or 0
    value = exponential_rate(attributes[rates[0]])
    if value is None:
        value = float(attributes[rates[0]])
        value = {"period": 1.0 / value if value else 0.0, "probability": value}.get(rates[0], value / 3600.0)
    return min(length_s * value if value else 0.0, number if number is not None else float("inf"))


def _times(
    attributes: Mapping[str, str], rates: list[str], begin_s: float, end_s: float, number: int | None
) -> Iterator[float]:
    """Times without end, except that a number alone is spread over the flow's length."""
    if not rates:
        step_s = (end_s - begin_s) / max(number or 1, 1)
    elif rates[0] == "probability":
        yield from _by_chance(attributes, begin_s, end_s)
        return
    elif rates[0] == "period" and exponential_rate(attributes["period"]) is not None:
        generator = _generator(attributes)
        time_s = begin_s
        while True:
            time_s += generator.exponential(1.0 / (exponential_rate(attributes["period"]) or 1.0))
            yield time_s
    else:
        value = float(attributes[rates[0]])
        step_s = value if rates[0] == "period" else 3600.0 / value
    index = 0
    while True:
        yield begin_s + index * step_s
        index += 1


def _by_chance(attributes: Mapping[str, str], begin_s: float, end_s: float) -> Iterator[float]:
    chance = float(attributes["probability"])
    generator = _generator(attributes)
    time_s = begin_s
    while time_s < min(end_s, begin_s + 1e7):
        if generator.random() < chance:
            yield time_s
        time_s += 1.0


def _generator(attributes: Mapping[str, str]) -> np.random.Generator:
    return np.random.default_rng([_SEED, zlib.crc32(attributes.get("id", "").encode())])
