"""What the control modes mean: which display can follow which and when; a plan's stages as a controller's steps."""

from signals.control.steps import NotExpressible, program_of, running_plan, same_program, timing_of
from signals.control.successions import NotModelled, Picture, Successions, successions

__all__ = [
    "NotExpressible",
    "NotModelled",
    "Picture",
    "Successions",
    "program_of",
    "running_plan",
    "same_program",
    "successions",
    "timing_of",
]
