"""Why a document is not acted on."""

from __future__ import annotations

from networks.faults import Fault, InputError


class Refused(InputError):
    """A document that does not count. `reasons` are words that programs may rely on.

    `form`: no document of ours; `signature`: not signed by who says so; `key`: a key that is unknown, not accepted yet
    or retired; `kind`: another kind of document; `controller`: for another one; `sequence`: not newer than what is
    known; `validity`: not valid any more, or too late; `confirmation`: of something else.
    """

    @property
    def reasons(self) -> frozenset[str]:
        return frozenset(fault.what for fault in self.faults)


def refused(reason: str, found: object, needed: str, where: str = "signed document") -> Refused:
    """One reason, with what was found and needed."""
    return Refused([Fault(reason, where, str(found)[:200], needed)])
