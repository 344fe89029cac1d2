"""The report page: well-formed, alone, escaped, and honest about what is missing."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.reports import Gain, Guard, ReportContent, Safety, render
from tests.signals.reports import sample

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>&{{ 7*7 }}{% raw %}\x00\x1b[2J\u202egnp"


def tree(page: str) -> ElementTree.Element:
    """Our pages are XML as well, so the standard library's parser judges them."""
    assert page.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))


def text_of(page: str) -> str:
    return " ".join(" ".join(tree(page).itertext()).split())


@pytest.mark.parametrize(
    "content", [sample.full(), sample.empty(), sample.full(HOSTILE)], ids=["full", "empty", "hostile"]
)
def test_the_page_is_well_formed_and_refers_to_nothing_outside(content: ReportContent) -> None:
    page = render(content)
    assert not re.search(r"https?://", page)
    for element in tree(page).iter():
        assert element.tag not in ("script", "link", "iframe", "object", "embed", "base", "form", "img", "image", "use")
        assert "src" not in element.attrib
        assert element.get("href", "#").startswith("#")
        assert not [value for value in element.attrib.values() if "url(" in value]
    style = tree(page).findtext(".//style")
    assert not re.search(r"url\s*\(|@import", style)


def test_every_inner_link_has_its_target() -> None:
    page = render(sample.full())
    targets = {element.get("id") for element in tree(page).iter() if element.get("id")}
    assert {href.removeprefix("#") for href in re.findall(r'href="([^"]*)"', page)} <= targets


def test_hostile_ids_stay_text() -> None:
    page = render(replace(sample.full(HOSTILE), title=HOSTILE, profile=HOSTILE, decision=HOSTILE, reason=HOSTILE))
    root = tree(page)
    assert not [element for element in root.iter() if element.tag in ("script", "img")]
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page)
    assert "{{ 7*7 }}" in text_of(page)


def test_profile_and_plan_digest_stand_in_the_footer_of_every_page() -> None:
    page = render(sample.full())
    footer = " ".join(tree(page).find(".//footer").itertext())
    assert "Rules profile: literature" in footer
    assert sample.DIGEST[:16] in footer
    assert "footer { position: fixed" in page


def test_an_empty_report_says_not_available_and_never_zero_or_none() -> None:
    text = text_of(render(sample.empty()))
    assert text.count("not available") >= 10
    assert "None" not in text
    assert "The running plan is kept" in text
    body = text[text.index("Nothing signal timing report") :]
    assert not re.search(r"\b0\b", body)


@pytest.mark.parametrize("field", [field.name for field in fields(ReportContent) if field.name not in ("title",)])
def test_each_field_may_be_missing(field: str) -> None:
    missing = {"decision": "undecided", "reason": "", "profile": ""}
    value = missing.get(field, getattr(sample.empty(), field))
    tree(render(replace(sample.full(), **{field: value})))


def test_the_full_report_names_what_the_engineer_asks_for() -> None:
    text = text_of(render(sample.full()))
    for expected in (
        "The new plan is recommended",
        "95 % interval -26.0 to -18.6",
        "6 pairs of simulations",
        "delay rises from 38.0 to 41.5 s per vehicle",
        "common cycle of the group critical v/c 0.82",
        "LOS",
        "GEH below 5 at 1 of 2 places",
        "a lower bound",
        "junction left untouched",
        "Public transport priority.",
        "Seeds of the verdict: 1, 2, 3, 4, 5, 6",
        sample.DIGEST,
    ):
        assert expected in text


def test_a_difference_with_zero_in_its_interval_is_not_called_a_gain() -> None:
    text = text_of(render(replace(sample.full(), gain=Gain(80.0, 79.0, -1.0, -2.5, 0.5, 40))))
    assert "No significant difference in delay: -1.0 s per vehicle" in text
    assert "Less delay" not in text


def test_broken_guards_and_violations_are_shown() -> None:
    content = replace(
        sample.full(),
        guards=(Guard("teleports", False, "4 more", "none more"),),
        safety=Safety(False, violations=("intergreen 0 -> 2 at J4: found 3 s, needed 5 s",)),
    )
    text = text_of(render(content))
    assert "0 of 1 held" in text
    assert "teleports broken 4 more none more" in text
    assert "The plan must not run" in text
    assert "found 3 s, needed 5 s" in text


def test_the_same_content_gives_the_same_page() -> None:
    assert render(sample.full()) == render(sample.full())


@given(st.text(max_size=60))
def test_any_id_gives_a_page(junction_id: str) -> None:
    page = render(sample.full(junction_id))
    tree(page)
    page.encode()


def test_faults_that_run_on_are_not_said_to_have_passed() -> None:
    content = replace(sample.full(), safety=Safety(passed=True, running_plan=True), decision="kept")
    assert content.inherited_faults
    text = text_of(render(content))
    assert "It was not judged anew: the faults that it has today are listed below." in text
    assert "It passes" not in text
