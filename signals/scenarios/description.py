"""What a scenario says of itself: `sim_configs/<name>/scenario.toml`, read and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import signals
from networks.faults import Fault, InputError

FILE_NAME = "scenario.toml"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,31}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Sentence = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Licence(_Part):
    """Whose terms the data come under. `asks` is False only for what is our own."""

    id: Sentence
    name: Sentence
    address: Sentence
    attribution: Sentence
    asks: bool = True


class Wheel(_Part):
    """A file of a package index: one exact wheel, known by its hash."""

    distribution: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9.]+$")]
    file: FileName
    sha256: Sha256


class SourceFile(_Part):
    """A file of the scenario: what it is for, where in the wheel it lies (or what the generator calls it)."""

    role: Literal["network", "demand"]
    name: FileName
    member: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/.-]+$")] | None = None
    size_bytes: Annotated[int, Field(gt=0, le=64 * 2**20)] | None = None
    sha256: Sha256 | None = None


class Restoration(_Part):
    """A step of a running program that the copy comments out: the exact text found, and the text put in its place."""

    intersection_id: Sentence
    found: Sentence
    restored: Sentence
    says: Sentence


class ScenarioInfo(_Part):
    """One scenario of the catalogue. Times are seconds after midnight."""

    name: Name
    title: Sentence
    kind: Literal["wheel", "generated"]
    proves: Sentence
    signals: Annotated[int, Field(gt=0)]
    begin_s: Annotated[int, Field(ge=0)]
    end_s: Annotated[int, Field(gt=0)]
    running_plan: Sentence
    licence: Licence
    wheel: Wheel | None = None
    files: tuple[SourceFile, ...]
    restorations: tuple[Restoration, ...] = ()
    restored_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _complete(self) -> ScenarioInfo:
        if not self.begin_s < self.end_s:
            raise ValueError("begin_s must lie before end_s")
        if [file.role for file in self.files].count("network") != 1:
            raise ValueError("exactly one file must have the role network")
        if "demand" not in [file.role for file in self.files]:
            raise ValueError("a file with the role demand is missing")
        if len({file.name for file in self.files}) != len(self.files):
            raise ValueError("two files have the same name")
        of_wheel = [file.member and file.size_bytes and file.sha256 for file in self.files]
        if self.kind == "wheel" and not (self.wheel and all(of_wheel)):
            raise ValueError(
                "a scenario out of a wheel names the wheel, and member, size_bytes and sha256 of each file"
            )
        if bool(self.restorations) != bool(self.restored_sha256):
            raise ValueError("restorations and restored_sha256 come together")
        return self


def scenarios_folder() -> Path:
    """Where the scenarios lie: inside the installed package, or beside it in a checkout."""
    package = Path(signals.__file__).parent
    installed = package / "_sim_configs"
    return installed if installed.is_dir() else package.parent / "sim_configs"


def read(folder: Path) -> ScenarioInfo:
    """The description in a scenario's folder. Raises InputError with all its faults."""
    path = folder / FILE_NAME
    where = f"{folder.name}/{FILE_NAME}"
    try:
        text = path.read_text(encoding="utf-8")
        info = ScenarioInfo.model_validate(_tuples(tomllib.loads(text)))
    except OSError as error:
        raise InputError([Fault("description of the scenario", where, str(error), "a readable file")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Fault("description of the scenario", where, str(error), "TOML in UTF-8")]) from error
    except ValidationError as error:
        raise InputError(
            Fault(".".join(str(part) for part in e["loc"]) or "scenario", where, repr(e["input"])[:80], e["msg"])
            for e in error.errors()
        ) from error
    if info.name != folder.name:
        raise InputError([Fault("name", where, repr(info.name), f"the name of its folder, {folder.name!r}")])
    return info


def _tuples(value: object) -> object:
    """TOML's lists as the tuples of the frozen models."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
