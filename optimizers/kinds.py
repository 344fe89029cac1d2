"""Kinds of arrays, for annotations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Displays = npt.NDArray[np.int8]
Small = npt.NDArray[np.int32]
Waits = npt.NDArray[np.int16]
