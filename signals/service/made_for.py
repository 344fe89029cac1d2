"""What a plan is made for, in the words that stand in it, in the report and on the terminal."""

from __future__ import annotations

from signals.flows.choice import Design
from signals.flows.entries import HiddenVehicles
from signals.service.estimate import DOUBTFUL_SHARE, Counted

DOUBTFUL = "DOUBTFUL DEMAND"
_CLOCK = "{:02d}:{:02d}"


def made_for(counted: Counted) -> str:
    """Period, days, percentile, growth, design and quality of a demand in one line; marked where it is doubtful."""
    choice, days = counted.choice, counted.whole.days
    words = [f"{_clock(counted.period.begin_s)} to {_clock(counted.period.end_s)}, zone {counted.zone}"]
    if len(days) > 1:
        words.append(f"percentile {choice.percentile:g} of {len(days)} days, {days[0]} to {days[-1]}")
    words.append("design for the peak 15 minutes" if choice.design is Design.PEAK15 else "design for the whole period")
    words.append(f"growth {choice.growth:g} included" if choice.growth != 1.0 else "no growth")
    words.append(f"{100 * counted.doubtful_share:.0f} % of the counts censored or imputed")
    mark = doubt(counted)
    return "; ".join([*words, mark] if mark else words)


def doubt(counted: Counted) -> str:
    """The mark of a doubtful demand; nothing where it is not."""
    if not counted.doubtful:
        return ""
    shares = (
        (counted.doubtful_share, "of the counts are lower bounds or imputed"),
        (counted.whole.bound_entries_share, "of the counted entries have a queue that hides vehicles"),
    )
    why = " and ".join(f"{100 * share:.0f} % {what}" for share, what in shares if share > DOUBTFUL_SHARE)
    return f"{DOUBTFUL}: {why} (marked above {100 * DOUBTFUL_SHARE:.0f} %)"


def hidden_in_words(row: HiddenVehicles) -> str:
    """A queue over an entry, and what became of the vehicles that it hid."""
    queued = f"queue over the detectors of entry {row.link_id} for {100 * row.queued_share:.0f} % of the time"
    if row.bound:
        return f"{queued}: {row.counted_veh:.0f} vehicles counted, a lower bound (it had not cleared when counts ended)"
    return (
        f"{queued}, cleared: {row.counted_veh:.0f} vehicles counted, {row.added_veh:+.0f} for those that came in the"
        f" period and were counted outside it (between {row.least_veh:+.0f} and {row.most_veh:+.0f})"
    )


def _clock(time_s: float) -> str:
    return _CLOCK.format(int(time_s // 3600), int(time_s % 3600 // 60))
