"""Every hostile or broken input of the list: one clear message, an exit code, nothing written elsewhere or left."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.scenarios.small_street import SmallStreet, command, environment, make
from tests.signals.cli.box import Box, run
from tests.signals.cli.hostile import ALL, BAD_INPUT, WITHOUT_EFFECT, Case

MOST_MEMORY_MB = 200  # that one input may add


@pytest.fixture(scope="session")
def good_street(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    return make(tmp_path_factory.mktemp("good-street"))


@pytest.fixture(scope="session")
def plan_text(good_street: SmallStreet) -> str:
    """A safe plan of the street: its running programs, to be re-timed."""
    from networks.importers import sumo_net
    from signals.programs.sumo import running_plan

    plan = running_plan(sumo_net.read(good_street.network))
    touched = tuple(timing.model_copy(update={"untouched": False}) for timing in plan.intersections)
    return plan.model_copy(update={"intersections": touched}).model_dump_json()


@pytest.fixture
def box(good_street: SmallStreet, plan_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    for name in ("in", "elsewhere", "tmp", "home"):
        (tmp_path / name).mkdir()
    box = Box(tmp_path, good_street, plan_text)
    box.victim.write_text("must stay")
    monkeypatch.chdir(box.inputs)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GREENBAND_CACHE", str(tmp_path / "out" / "cache"))
    monkeypatch.delenv("GREENBAND_ACCEPT_LICENCE", raising=False)
    return box


def _children() -> set[str]:
    return {word for path in Path("/proc/self/task").glob("*/children") for word in path.read_text().split()}


def _one_message(text: str) -> str:
    """The message without lines of progress."""
    return "\n".join(line for line in text.splitlines() if not re.match(r" *\d+\.\d s  ", line))


def test_the_list_is_long_and_names_each_input_once() -> None:
    assert len(ALL) >= 60
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_hostile_input(
    case: Case, box: Box, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if case.name == "network: unreadable" and os.geteuid() == 0:
        pytest.skip("root reads everything")
    arguments = case.arguments(box)
    before, children = box.contents(), _children()
    memory_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = run(arguments, monkeypatch)
    told = capsys.readouterr()
    message = _one_message(told.err if code == BAD_INPUT else told.out)
    assert code == case.code, told.err + told.out
    for word in case.says:
        assert word in message, message
    assert "Traceback" not in told.err
    assert "a fault of our own" not in told.err
    assert 10 < len(message) < (6000 if code == BAD_INPUT else 60_000), message
    assert "\x1b" not in message
    assert len(re.findall("^(?:error:|Usage:)", message, re.MULTILINE)) <= 1, message
    assert box.contents() == before
    assert not [path for path in box.out.rglob("*") if path.name.startswith(("plan.", "report."))]
    assert _children() <= children
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory_kb < MOST_MEMORY_MB * 1024


@pytest.mark.parametrize("case", WITHOUT_EFFECT, ids=lambda case: case.name)
def test_outputs_named_in_ordinary_files_have_no_effect(
    case: Case, box: Box, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = case.arguments(box)
    before = box.contents()
    assert run(arguments, monkeypatch) == case.code
    told = capsys.readouterr()
    assert all(word in told.out for word in case.says), told.out
    assert box.contents() == before


_ALONE = ("network: entity bomb", "demand: gzip bomb", "plan: conflicting greens", "option: no command")


@pytest.mark.parametrize("case", [case for case in ALL if case.name in _ALONE], ids=lambda case: case.name)
def test_hostile_input_in_a_process_of_its_own(case: Case, box: Box) -> None:
    """As a person meets it, with little memory."""
    arguments = case.arguments(box)
    before = box.contents()

    def little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    done = subprocess.run(
        command(*arguments), env=environment(), capture_output=True, text=True, timeout=60, preexec_fn=little_memory
    )
    assert done.returncode == case.code, done.stderr
    assert all(word in done.stderr + done.stdout for word in case.says), done.stderr
    assert "Traceback" not in done.stderr
    assert box.contents() == before
