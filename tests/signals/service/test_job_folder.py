"""The folder of a job: what it was asked comes back, and no more than one file at a time is in memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from signals.service.job_folder import lay_out, plan_request
from signals.service.job_request import JobFile, JobRequest

MEBIBYTE = 2**20


def test_files_go_to_the_disk_one_by_one(tmp_path: Path) -> None:
    files = [("network", "0"), ("demand", "1"), *(("additional", "2") for _ in range(20))]
    request = JobRequest(tuple((role, JobFile(f"{role}.xml", digit * 64)) for role, digit in files))
    tracemalloc.start()
    try:
        lay_out(tmp_path, request, lambda digest: digest[:1].encode() * MEBIBYTE)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    asked = plan_request(tmp_path, 1)
    assert [path.read_bytes()[:1] for path in (asked.network, *asked.demand, *asked.additional)] == [
        digit.encode() for _, digit in files
    ]
    assert most < 4 * MEBIBYTE
