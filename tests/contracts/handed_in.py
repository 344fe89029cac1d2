"""Samples of the members that read files, and what strangers make of them: cut, bent, doubled, full of odd numbers."""

from __future__ import annotations

import contextlib
import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from networks.faults import InputError

FOLDER = Path(__file__).parent / "samples"
# In place of a number: none at all, too large for any type, not finite, digits of other scripts, a second number.
_ODD_NUMBERS = (
    b"",
    b"-1",
    b"0",
    b"1e308",
    b"9" * 400,
    b"nan",
    b"-inf",
    b"1e-320",
    b"1_0",
    "٣".encode(),
    b"7 8",
    b"0x1F",
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z0-9_.:-]+")


def sample(kind: str, member: str, which: str = "good") -> Path:
    """The `good` or `faulty` sample of a member; a failure that says where to put it where there is none."""
    folder = FOLDER / kind / member
    found = sorted(folder.glob(f"{which}.*"))
    assert len(found) == 1, (
        f"{kind} {member!r} brings {len(found)} files {which}.*: put one into {folder.relative_to(FOLDER.parents[2])}/"
        f" (what it must hold stands in {(FOLDER / 'README.md').relative_to(FOLDER.parents[2])})"
    )
    return found[0]


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The content as a hostile or broken source would hand it in."""
    return st.one_of(_damages(content), st.builds(_then, _damages(content), st.randoms(use_true_random=False)))


def refusal(read: Callable[[], object], path: Path) -> InputError | None:
    """The `InputError` of a reading, checked to be one for people; None where it was read. Anything else is raised.

    Nothing may be printed and nothing beside the file may change in its folder.
    """
    before, printed = snapshot(path.parent), io.StringIO()
    refused: InputError | None = None
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            read()
        except InputError as error:
            refused = error
    assert (printed.getvalue(), snapshot(path.parent)) == ("", before)
    if refused is not None:
        assert refused.faults
        assert all(fault.found and fault.needed for fault in refused.faults)
        assert path.name in str(refused)
        assert len(str(refused)) < 200_000
    return refused


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder: to see that nothing was written."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@st.composite
def _damages(draw: st.DrawFn, content: bytes) -> bytes:
    def place() -> int:
        return draw(st.integers(0, len(content) - 1))

    kind = draw(st.sampled_from(("cut", "bytes", "gap", "again", "number", "number", "word", "packed", "lines")))
    if kind == "cut":
        return content[: place()]
    if kind == "bytes":
        changed = bytearray(content)
        for _ in range(draw(st.integers(1, 6))):
            changed[place()] = draw(st.integers(0, 255))
        return bytes(changed)
    if kind in ("gap", "again"):
        start, end = sorted((place(), place()))
        return content[:start] + content[end:] if kind == "gap" else content[:end] + content[start:]
    if kind == "number":
        return _replaced(
            content, draw(st.sampled_from(list(_NUMBER.finditer(content)))), draw(st.sampled_from(_ODD_NUMBERS))
        )
    if kind == "word":
        words = list(_WORD.finditer(content))
        return _replaced(content, draw(st.sampled_from(words)), draw(st.sampled_from(words)).group())
    if kind == "packed":
        packed = gzip.compress(content, mtime=0)
        return packed[: draw(st.integers(2, len(packed)))]
    lines = content.splitlines(keepends=True)
    del lines[draw(st.integers(0, len(lines) - 1))]
    return b"".join(draw(st.permutations(lines)) if draw(st.booleans()) else lines)


def _replaced(content: bytes, at: re.Match[bytes], by: bytes) -> bytes:
    return content[: at.start()] + by + content[at.end() :]


def _then(content: bytes, random: object) -> bytes:
    """A second damage: one more number that is none."""
    numbers = list(_NUMBER.finditer(content))
    if not numbers:
        return content
    choose = random.choice  # type: ignore[attr-defined]
    return _replaced(content, choose(numbers), choose(_ODD_NUMBERS))
