"""The loop of a controller, in a time of its own."""

from __future__ import annotations

from signals.delivery.loop import Clock, LinkDown, run
from signals.delivery.messages import Answer
from signals.delivery.station import Station
from signals.delivery.wire import answer_bytes, report_of
from tests.signals.delivery.documents import activation, confirmation, plan_document
from tests.signals.delivery.simulated import MemoryOfTest
from tests.signals.delivery.streets import NOON_DS, OTHER_KEY, RING
from tests.signals.delivery.test_station import DeviceOfTest


class LinkOfTest:
    """Gives these answers, one after the other; None: it is down."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers, self.heard = [*answers], list[bytes]()
        self.now_ds, self.polled_ds = NOON_DS, list[int]()

    def exchange(self, report: bytes) -> bytes:
        self.heard.append(report)
        self.polled_ds.append(self.now_ds - NOON_DS)
        answer = self.answers.pop(0)
        if answer is None:
            raise LinkDown("no route")
        return answer

    def wait(self, by_ds: int) -> bool:
        self.now_ds += by_ds
        return not self.answers


def told(link: LinkOfTest) -> list[str]:
    found: list[str] = []
    station = Station("north", RING, DeviceOfTest(), MemoryOfTest(), NOON_DS)
    clock = Clock(lambda: link.now_ds, lambda: link.now_ds, link.wait)
    run(station, link, clock, 20, found.append)
    return found


FULL = answer_bytes(Answer(NOON_DS, None, (plan_document(),), ((activation(), confirmation()),)))
NONE = answer_bytes(Answer(NOON_DS))


def test_what_an_answer_brings_stands_in_the_next_report() -> None:
    link = LinkOfTest(FULL, NONE)
    assert told(link) == []
    before, after = map(report_of, link.heard)
    assert (before.orders, after.orders) == (frozenset(), {(7, 1)})


def test_a_link_that_is_down_is_told_once_and_asked_ever_less_often_until_it_is_back() -> None:
    link = LinkOfTest(NONE, *[None] * 6, NONE, None, NONE)
    assert told(link) == ["link down: no route", "link down: no route"]
    waits = [(b - a) // 20 for a, b in zip(link.polled_ds, link.polled_ds[1:], strict=False)]
    assert waits == [1, 1, 2, 3, 3, 3, 3, 1, 1]


def test_answers_that_do_not_count_are_told_and_the_next_is_taken() -> None:
    forged = answer_bytes(Answer(NOON_DS, None, (plan_document(OTHER_KEY),)))
    link = LinkOfTest(b"<html>", forged, FULL, NONE)
    link.now_ds -= 40  # so that the service's clock is right when the true one comes
    assert [message.split(":")[0] for message in told(link)] == ["message", "signed document"]
    assert report_of(link.heard[-1]).orders == {(7, 1)}
