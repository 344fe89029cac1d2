"""Stages of our own: worked out from what may be green together, or those that run with lefts that lead or lag."""

from signals.timing.stages.design import Design, designs
from signals.timing.stages.lead_lag import LedStages, lead_lag, led_otherwise, left_turn_stages

__all__ = ["Design", "LedStages", "designs", "lead_lag", "led_otherwise", "left_turn_stages"]
