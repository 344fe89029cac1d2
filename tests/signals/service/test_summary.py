"""The summary names for every junction who can run its timing, and who was asked for."""

from __future__ import annotations

from dataclasses import replace

from signals.controllers import Controllers
from signals.service.account import account
from signals.service.summary import ControllerSummary, summary_of
from tests.signals.service import outcomes

ABLE = ("gbt-20999", "stage-actuated", "stage-fixed", "sumo-any")


def test_families_are_named_for_every_junction() -> None:
    for end in (outcomes.recommended, outcomes.kept_for_a_guard):
        said = summary_of(end())
        assert said.controllers == tuple(ControllerSummary(name, None, ABLE) for name in ("C0", "C1", "C2"))
        assert said.digests.controllers is None


def test_who_was_asked_for_is_named_with_the_digest_of_the_file() -> None:
    outcome = outcomes.recommended()
    asked = Controllers({"C1": "stage-fixed"}, "controllers.toml")
    outcome = replace(outcome, street=replace(outcome.street, controllers=asked))
    said = summary_of(outcome)
    assert [row.asked for row in said.controllers] == [None, "stage-fixed", None]
    assert said.digests.controllers == asked.digest()
    assert [source.note for source in account(outcome).sources if source.name == "controllers"] == ["controllers.toml"]
