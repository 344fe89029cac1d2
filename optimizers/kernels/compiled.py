"""How loops are compiled: those that Python calls, and the parts that they are made of.

Nothing is allocated in any of them, so nothing needs counting (`_nrt`). Parts are kept inside the loops that call them:
no wrappers and no files of their own, which took a third of the first compilation.
"""

from __future__ import annotations

from numba import njit

loop = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
part = njit(nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
inlined = njit(
    nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True
)
