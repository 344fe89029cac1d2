"""Steps put back into a program: exactly these, nothing else, and only into the network that is known."""

from __future__ import annotations

import hashlib

import pytest

from signals.scenarios.description import Restoration
from signals.scenarios.restoration import restore
from signals.scenarios.wheel import NotObtainable

COMMENTED = '<!-- <phase duration="25" state="rG"/> -->'
STEP = '<phase duration="25" state="rG"/>'


def network(first: str, second: str) -> bytes:
    return f'<net><tlLogic id="A">{first}</tlLogic>\n<tlLogic id="B">{second}</tlLogic></net>'.encode()


def put_back(intersection_id: str) -> Restoration:
    return Restoration(intersection_id=intersection_id, found=COMMENTED, restored=STEP, says="put back")


def test_only_the_named_program_changes() -> None:
    expected = network(COMMENTED, STEP)
    digest = hashlib.sha256(expected).hexdigest()
    assert restore(network(COMMENTED, COMMENTED), [put_back("B")], digest) == expected


@pytest.mark.parametrize("program", ["", STEP, COMMENTED * 2])
def test_a_program_that_is_not_the_known_one_is_refused(program: str) -> None:
    with pytest.raises(NotObtainable, match="program of A cannot be restored"):
        restore(network(program, COMMENTED), [put_back("A")], "0" * 64)


def test_a_missing_program_is_refused() -> None:
    with pytest.raises(NotObtainable, match="program of C"):
        restore(network(COMMENTED, COMMENTED), [put_back("C")], "0" * 64)


def test_another_result_is_refused() -> None:
    with pytest.raises(NotObtainable, match="not the known one"):
        restore(network(COMMENTED, ""), [put_back("A")], "0" * 64)
