"""Finds the members of a kind by file name: adding an importer, method, source or format is adding one file.

A member is a file (or folder) in the folder of its kind that defines the kind's function. Names that begin with an
underscore are helpers. Nothing is imported before somebody asks for it. Members of a kind that reads files say by
`accepts(head)` whether content is theirs, and by `CONTENT` what it is for people.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

from networks.faults import Fault, InputError
from signals import files

_SHOWN_CHARACTERS = 80
_PROLOG = re.compile(r"^\ufeff?\s*<\?xml[^>]*>(?:\s*<!--(?:(?!-->).)*-->)*", re.DOTALL)  # says nothing of the content

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {  # kind: the package it lives in, the function that makes a file a member
        "importer": ("networks.importers", "read"),
        "model": ("optimizers.models", "evaluate"),
        "method": ("optimizers.methods", "propose"),
        "source": ("signals.detectors", "read"),
        "format": ("signals.programs", "write"),
    }
)


class Members(Mapping[str, ModuleType]):
    """Members of one kind, in alphabetical order; a member is imported when it is taken out."""

    def __init__(self, kind: str, package: str, names: tuple[str, ...]) -> None:
        self._kind = kind
        self._package = package
        self._names = names

    def __getitem__(self, name: str) -> ModuleType:
        if name not in self._names:
            raise KeyError(
                f"{self._kind}: found {name!r}, needed one of {', '.join(self._names) or '(there are none)'}"
            )
        return importlib.import_module(f"{self._package}.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def find(kind: str) -> Members:
    """All members of a kind of `KINDS`, by file name. Raises KeyError for an unknown kind."""
    if kind not in KINDS:
        raise KeyError(f"kind: found {kind!r}, needed one of {', '.join(sorted(KINDS))}")
    package, function = KINDS[kind]
    return Members(kind, package, members_of(package, function))


def of_content(kind: str, path: Path) -> ModuleType:
    """The member of a kind whose content a file has; the only one there is without a look, for it tells best what is
    wrong with the file. Raises `InputError` for a file that cannot be read, and for content that no member accepts.
    """
    members = tuple(find(kind).values())
    if len(members) == 1:
        return members[0]
    start = files.head(path)
    for member in members:
        if member.accepts(start):
            return member
    needed = "; or ".join(member.CONTENT for member in members)
    text = _PROLOG.sub("", start.decode("utf-8", "replace"))
    begins = text.strip().partition("\n")[0].strip()[:_SHOWN_CHARACTERS]
    found = f"content of no known {kind}, which begins with {begins!r}"
    raise InputError([Fault(f"kind of {kind}", path.name, found, needed)])


def members_of(package: str, function: str) -> tuple[str, ...]:
    """Names of the modules of `package` whose source defines or imports `function` at its top level; none imported."""
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return ()
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [
        module.name
        for module in pkgutil.iter_modules(folders)
        if not module.name.startswith("_") and _offers(_source(module), function)
    ]
    return tuple(sorted(found))


def _source(module: pkgutil.ModuleInfo) -> Path:
    folder = Path(module.module_finder.path)  # type: ignore[union-attr]  # a folder on disk has a FileFinder
    return folder / module.name / "__init__.py" if module.ispkg else folder / f"{module.name}.py"


def _offers(source: Path, function: str) -> bool:
    for node in ast.parse(source.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return True
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == function for alias in node.names):
            return True
    return False
