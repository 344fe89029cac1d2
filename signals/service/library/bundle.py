"""What a plan was checked with, in one document: the files of its job's `inputs` folder and the name of the network.

Everything that a check needs can so be laid out again on any machine that reaches the database.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from networks.faults import Fault, InputError, refuse_if_any
from signals.files import content_of
from signals.service.folder import INPUTS
from signals.store.documents import LARGEST_BYTES
from signals.store.steps import canonical_bytes

FORMAT, VERSION = "greenband-plan-inputs", 1
_MOST_FILES = 1000
_LONGEST_PART_BYTES = 255  # more no usual file system takes
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Bundle:
    """`files` by their path inside the `inputs` folder."""

    network_name: str
    files: tuple[tuple[str, bytes], ...] = ()

    def content(self) -> bytes:
        """As a document: the same files give the same bytes."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files}
        return canonical_bytes({"format": FORMAT, "version": VERSION, "network": self.network_name, "files": files})

    def lay_out(self, folder: Path) -> None:
        """Write the files under `folder`/inputs."""
        for name, content in self.files:
            path = folder / INPUTS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def bundle_of(network_name: str, folder: Path) -> Bundle:
    """What a job kept in the `inputs` folder of its results; none where there is no such folder."""
    return Bundle(network_name, tuple(_files_in(folder / INPUTS)))


def bundle_from(content: bytes) -> Bundle:
    """The bundle that `content()` wrote. Raises `InputError` for anything else, and for names that lead elsewhere."""
    try:
        raw: Any = json.loads(content)
        if (raw["format"], raw["version"]) != (FORMAT, VERSION):
            raise ValueError("another format")
        files = tuple((str(name), base64.b64decode(text, validate=True)) for name, text in raw["files"].items())
        bundle = Bundle(str(raw["network"]), files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        needed = f"a document of format {FORMAT}, version {VERSION}"
        raise InputError([Fault("inputs of the plan", "document", "something else", needed)]) from error
    names = [(name, 8) for name, _ in files] + [(bundle.network_name, 1)]
    refuse_if_any(
        Fault("file name", "inputs of the plan", repr(name[:80]), "a name inside the folder")
        for name, deepest in names
        if not is_inside(name, deepest)
    )
    return bundle


def unpacked(path: Path, what: str) -> bytes:
    """The bytes of a file, gzipped or not, at most what one document holds. Raises `InputError`."""
    content = content_of(path, LARGEST_BYTES, what)
    if not content.startswith(_GZIP_MAGIC):
        return content
    try:
        reader = zlib.decompressobj(wbits=31)
        plain = reader.decompress(content, LARGEST_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise InputError([Fault("gzip file", path.name, "damaged", "a complete gzip file")]) from error
    if len(plain) > LARGEST_BYTES:
        raise InputError([Fault("size", path.name, "a larger file, unpacked", f"at most {LARGEST_BYTES} bytes")])
    if not reader.eof or reader.unused_data:
        raise InputError([Fault("gzip file", path.name, "cut off, or of several parts", "one complete gzip file")])
    return plain


def _files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if len(paths) > _MOST_FILES:
        raise InputError([Fault("files", str(folder), f"{len(paths)}", f"at most {_MOST_FILES}")])
    for path in paths:
        yield path.relative_to(folder).as_posix(), content_of(path, LARGEST_BYTES, "input of the plan")


def is_inside(name: str, deepest: int) -> bool:
    """Whether a name leads into a folder, at most so deep, and nowhere else."""
    parts = PurePosixPath(name).parts
    sound = 1 <= len(parts) <= deepest and "/".join(parts) == name and "\\" not in name and name.isprintable()
    short = sound and all(len(part.encode()) <= _LONGEST_PART_BYTES for part in parts)
    return short and not name.startswith("/") and ".." not in parts
