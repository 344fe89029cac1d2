"""Stage design: stages and their sequences worked out from what may be green together."""

from signals.timing.stages.design import Design, designs

__all__ = ["Design", "designs"]
