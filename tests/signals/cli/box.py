"""A sandbox for one call of the command line: inputs, a place that must not be touched, and what is on the disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signals.cli import main
from tests.scenarios.small_street import SmallStreet

DOCTYPE_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True, slots=True)
class Box:
    """`root` holds in/, elsewhere/ (a bystander) and tmp/; `street` are good files that nobody changes."""

    root: Path
    street: SmallStreet
    plan_text: str  # a safe plan of the street, JSON

    @property
    def inputs(self) -> Path:
        return self.root / "in"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def victim(self) -> Path:
        return self.root / "elsewhere" / "victim.txt"

    def file(self, name: str, content: str | bytes) -> str:
        """A file among the inputs."""
        path = self.inputs / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def zipped(self, name: str, content: str, *, cut: int | None = None) -> str:
        """A gzip file, cut off after so many bytes."""
        return self.file(name, gzip.compress(content.encode(), 1)[:cut])

    def bomb(self, name: str, begin: str, end: str, content_bytes: int = 100 * 2**20) -> str:
        """A small gzip file that unpacks to blanks between `begin` and `end`."""
        path = self.inputs / name
        with gzip.open(path, "wb", compresslevel=6) as stream:
            stream.write(begin.encode())
            for _ in range(content_bytes >> 20):
                stream.write(b" " * 2**20)
            stream.write(end.encode())
        return str(path)

    def edited(self, source: Path, *changes: tuple[str, str]) -> str:
        """A copy of a good file with some text replaced, the first time it occurs."""
        text = source.read_text()
        for old, new in changes:
            assert old in text, f"{old!r} is not in {source.name}: the input would not be hostile"
            text = text.replace(old, new, 1)
        return self.file(source.name, text)

    def plan_file(self, change: Callable[[dict[str, Any]], Any]) -> str:
        """The safe plan with something changed in it."""
        document = json.loads(self.plan_text)
        change(document)
        return self.file("plan.json", json.dumps(document))

    def plan(self, **given: str | None) -> list[str]:
        """Arguments of `greenband plan`; None leaves an option out."""
        return ["plan", *self._options(given, flows=str(self.street.flows), out=str(self.out), effort="2", pairs="6")]

    def plan_on(self, demand: str, **given: str | None) -> list[str]:
        """Arguments of `greenband plan` with routes for the verdict."""
        return self.plan(demand=demand, **given)

    def flows(self, path: str, **given: str | None) -> list[str]:
        """Arguments of `greenband flows`."""
        return ["flows", path, *self._options(given)]

    def check(self, path: str, **given: str | None) -> list[str]:
        """Arguments of `greenband check`."""
        return ["check", path, *self._options({"detectors": None, "begin": None, "end": None, **given})]

    def validate(self, path: str, **given: str | None) -> list[str]:
        """Arguments of `greenband validate` against the running programs."""
        common = {"detectors": None, "demand": str(self.street.demand), "pairs": "6"}
        return ["validate", path, *self._options({**common, **given})]

    def _options(self, given: dict[str, str | None], **more: str) -> list[str]:
        street = self.street
        options: dict[str, str | None] = {"network": str(street.network), "detectors": str(street.detectors)}
        options |= {"begin": "0", "end": "600", **more, **given}
        words = []
        for name, value in options.items():
            words += [] if value is None else [f"--{name.replace('_', '-')}", value]
        return words

    def contents(self) -> dict[str, str]:
        """Everything on the disk outside the output folder: path and digest of the content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_relative_to(self.out):
                continue
            readable = path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o400
            found[str(path.relative_to(self.root))] = (
                hashlib.sha256(path.read_bytes()).hexdigest() if readable else "no file to read"
            )
        return found


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the command line in this process."""
    monkeypatch.setattr(sys, "argv", ["greenband", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)
