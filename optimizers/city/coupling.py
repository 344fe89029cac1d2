"""How much junctions have to do with each other: the Hermitian matrix of what offsets between neighbours are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from optimizers.city.cores import on_all_cores
from optimizers.kernels.arrays import Arrays, State
from optimizers.kernels.waves import Complex, harmonics
from optimizers.kinds import Booleans, Floats, Integers

SAMPLES = 8  # of an offset, for its first harmonic: enough to keep the next six out

_SOLVED = ("out_veh", "out_sum_veh", "queue_veh", "use_queue_veh", "use_stops_per_s", "lane_cost")


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """`matrix` [J, J], Hermitian: what phases z = e^(2 pi i offset / cycle) save against chance is z* W z [veh h per h]
    (first harmonics, departures of upstream junctions as they are)."""

    matrix: csr_array

    @property
    def rows(self) -> tuple[Integers, Integers, Complex]:
        """Row starts, columns and weights."""
        m = self.matrix
        return m.indptr.astype(np.int64), m.indices.astype(np.int64), m.data.astype(np.complex128)

    def pairs(self) -> tuple[Integers, Integers, Floats]:
        """Neighbours i < j and the most that their offset saves [veh h per h]."""
        upper = coo_array(self.matrix)
        above = upper.row < upper.col
        return upper.row[above].astype(np.int64), upper.col[above].astype(np.int64), 2.0 * np.abs(upper.data[above])


def coupled(arrays: Arrays, state: State) -> Coupling:
    """The coupling of neighbours in a solved state; those whose cycles differ have none."""
    junctions = len(state.cycle_s)
    swing: Complex = np.zeros(len(arrays.down_lanes), dtype=np.complex128)

    def sample(own: State, part: Integers) -> None:
        # Lanes are solved for what they cost; what flows out of them others must see as it was.
        solved = {name: getattr(own, name).copy() for name in _SOLVED}
        harmonics(arrays, own._replace(offset_s=own.offset_s.copy(), **solved), part, SAMPLES, swing)

    on_all_cores(state, np.arange(junctions), sample)
    up = np.repeat(np.arange(junctions), np.diff(arrays.down_start))
    down = arrays.lane_junction[arrays.down_lanes]
    phase = phases(state.offset_s, state.cycle_s)
    together: Booleans = np.abs(state.cycle_s[up] - state.cycle_s[down]) < 1e-6
    # cost = mean + Re(g z_up conj(z_down)); half of what it saves on either side of the diagonal.
    g = (swing * np.conj(phase[up]) * phase[down])[together]
    half = coo_array((-0.5 * g, (down[together], up[together])), shape=(junctions, junctions)).tocsr()
    matrix = csr_array(half + half.conj().T)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return Coupling(matrix)


def phases(offset_s: Floats, cycle_s: Floats) -> Complex:
    """[J] offsets as unit numbers."""
    return np.asarray(np.exp(2j * np.pi * offset_s / cycle_s), dtype=np.complex128)
