"""Generators of small streets and programs for property tests (hypothesis)."""

from __future__ import annotations

from hypothesis import strategies as st

from networks.junction import Program, ProgramStep
from networks.network import Network
from tests.fakes import corridor, crossroads, t_junction


def networks() -> st.SearchStrategy[Network]:
    """One of the junctions known by heart, with random green times of its two stages."""
    greens_s = st.tuples(st.integers(10, 60), st.integers(10, 60))
    return st.one_of(
        greens_s.map(lambda green_s: crossroads(green_s=green_s)),
        greens_s.map(lambda green_s: crossroads(pedestrians=True, green_s=green_s)),
        greens_s.map(lambda green_s: t_junction(green_s=green_s)),
        st.builds(lambda count, green_s: corridor(count, green_s), st.integers(1, 3), greens_s),
    )


@st.composite
def programs(draw: st.DrawFn, channel_count: int = 4, max_steps: int = 8) -> Program:
    """Any program the format can say, safe or not: random letters, 0.1 to 60 s per step."""
    states = st.text(alphabet="ruygGs", min_size=channel_count, max_size=channel_count)
    steps = draw(st.lists(st.builds(ProgramStep, states, st.integers(1, 600)), min_size=1, max_size=max_steps))
    return Program("C", "0", "static", draw(st.integers(-900, 900)), tuple(steps), source="strategies")
