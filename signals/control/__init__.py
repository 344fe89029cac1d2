"""What the control modes mean: which display can follow which and when; a plan as a controller's steps."""

from signals.control.passing import goes_round_without, longest_round_ds, longest_wait_ds
from signals.control.permissive import Window, permissive_periods, permissive_windows
from signals.control.reach import Reach, Timed, reach
from signals.control.ring_service import ENDLESS_DS
from signals.control.rings import expanded, in_step
from signals.control.steps import NotExpressible, program_of, running_plan, same_program, timing_of
from signals.control.successions import NotModelled, Picture, Successions, successions

__all__ = [
    "ENDLESS_DS",
    "NotExpressible",
    "NotModelled",
    "Picture",
    "Reach",
    "Successions",
    "Timed",
    "Window",
    "expanded",
    "goes_round_without",
    "in_step",
    "longest_round_ds",
    "longest_wait_ds",
    "permissive_periods",
    "permissive_windows",
    "program_of",
    "reach",
    "running_plan",
    "same_program",
    "successions",
    "timing_of",
]
