"""What a job may be asked: all faults at once, the same request the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from networks.faults import InputError
from signals.service.job_request import JobFile, JobOptions, JobRequest, job_request_from

FILE = JobFile("street.net.xml", "0" * 64)
FLOWS = JobFile("flows.csv", "1" * 64)
REQUEST = JobRequest((("network", FILE), ("flows", FLOWS)), JobOptions(begin_s=0, end_s=600), 3, "Main St")


def _faults(content: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        job_request_from(content)
    return [fault.what for fault in caught.value.faults]


def _changed(**changes: Any) -> bytes:
    return json.dumps(REQUEST.document() | changes).encode()


def test_a_request_comes_back_from_its_bytes() -> None:
    assert job_request_from(REQUEST.content()) == REQUEST
    assert job_request_from(REQUEST.content()).digest() == REQUEST.digest()
    assert replace(REQUEST, priority=4).digest() != REQUEST.digest()


def test_the_same_number_is_the_same_request() -> None:
    """A job by 600 and one by 600.0 must not differ in any digest that is made of them."""
    whole, real = (replace(REQUEST, options=JobOptions(end_s=end_s)) for end_s in (600, 600.0))
    assert whole.content() == real.content()


def test_what_is_not_said_is_the_default() -> None:
    document = {name: value for name, value in REQUEST.document().items() if name in ("format", "version", "files")}
    assert job_request_from(json.dumps(document).encode()) == JobRequest(REQUEST.files)


def test_all_faults_are_told_at_once() -> None:
    options = {"effort": 0, "pairs": 7, "mode": "fast", "seed": "1", "begin_s": 600, "end_s": 0, "speed": 1}
    files = [{"role": "flows", "name": "../flows.csv", "digest": "1" * 64}, "network"]
    found = _faults(_changed(options=options, files=files, priority=True, title="two\nlines", more=1))
    expected = {"'more'", "file 2", "'speed'", "file name", "network", "effort", "pairs", "mode", "seed", "period"}
    assert set(found) == expected | {"priority", "title"}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"nonsense", b'{"format": "greenband-job"}', b"[" * 100_000, b" " * (2**20 + 1)],
    ids=["empty", "list", "no-json", "no-version", "deep", "long"],
)
def test_what_is_no_request_is_refused(content: bytes) -> None:
    assert _faults(content) == ["document"]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ((("network", FILE),), "flows"),
        ((("network", FILE), ("network", FILE), ("flows", FLOWS)), "network"),
        ((("network", FILE), ("flows", FLOWS), ("additional", FILE)), "additional"),
        ((("network", FILE), ("flows", FLOWS), ("music", FILE)), "role"),
        ((("network", FILE), ("flows", JobFile("flows.csv", "abc"))), "digest"),
        ((("network", FILE), ("flows", JobFile(".hidden", "0" * 64))), "file name"),
    ],
)
def test_files_that_do_not_make_a_job(files: tuple[tuple[str, JobFile], ...], fault: str) -> None:
    with pytest.raises(InputError) as caught:
        JobRequest(files)
    assert [one.what for one in caught.value.faults] == [fault]


@pytest.mark.parametrize(
    "options", [{"growth": float("nan")}, {"percentile": None}, {"begin_s": 0.5}, {"profile": []}, {"zone": "a\nb"}]
)
def test_options_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        replace(REQUEST, options=JobOptions(**options))
    assert [one.what for one in caught.value.faults] == list(options)
