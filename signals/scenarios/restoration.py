"""Steps of a running program that a copy of the network comments out, put back exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from signals.scenarios.description import Restoration
from signals.scenarios.wheel import NotObtainable


def restore(network: bytes, restorations: Sequence[Restoration], expected_sha256: str) -> bytes:
    """The network's bytes with exactly these steps put back; nothing else changes.

    Raises NotObtainable where a text is not there exactly once within its program, or the result is not the known one.
    """
    for restoration in restorations:
        name = restoration.intersection_id
        begin = network.find(f'<tlLogic id="{name}"'.encode())
        end = network.find(b"</tlLogic>", begin)
        program = network[begin:end] if begin >= 0 and end >= 0 else b""
        count = program.count(restoration.found.encode())
        if count != 1:
            raise NotObtainable(
                f"the program of {name} cannot be restored: found {restoration.found!r} {count} times, needed once"
            )
        program = program.replace(restoration.found.encode(), restoration.restored.encode())
        network = network[:begin] + program + network[end:]
    if (digest := hashlib.sha256(network).hexdigest()) != expected_sha256:
        raise NotObtainable(
            f"the restored network is not the known one: SHA-256 found {digest}, needed {expected_sha256}"
        )
    return network
