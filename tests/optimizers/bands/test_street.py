"""The band problem: what it refuses, all at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizers.bands.street import Artery, BandProblem
from optimizers.faults import ArrayError
from tests.optimizers.bands.streets import alone, artery

ONE = artery((0.0, 300.0, 700.0), (0.4, 0.5, 0.45))


def test_all_faults_are_told_at_once() -> None:
    wrong = replace(ONE.outbound, distance_m=np.array([300.0, -1.0]), green_share=np.array([[0.6], [1.5], [0.5]]))
    with pytest.raises(ArrayError) as caught:
        BandProblem(np.ones(3, dtype=int), (Artery(wrong, ONE.inbound, (1.0, 0.5)),), 90.0, 60.0)
    told = str(caught.value)
    for part in ("distance_m[1]", "green_share[1, 0]", "ratio", "90.0 to 60.0 s"):
        assert part in told


def test_inbound_is_outbound_backwards() -> None:
    with pytest.raises(ArrayError, match="those of outbound backwards"):
        alone(Artery(ONE.outbound, ONE.outbound), (60.0, 60.0))


def test_signals_have_to_exist_and_come_once() -> None:
    for signals in ([0, 1, 3], [0, 1, 0]):
        with pytest.raises(ArrayError, match="signals"):
            alone(Artery(replace(ONE.outbound, signals=np.array(signals))), (60.0, 60.0))


def test_arrays_are_copied_and_read_only() -> None:
    assert not ONE.outbound.green_share.flags.writeable
    assert ONE.outbound.travel_low_s == pytest.approx([300.0 / 13.9, 400.0 / 13.9])
