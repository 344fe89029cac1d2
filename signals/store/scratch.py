"""A second database beside ours, for what may be lost: the job engine's own, what jobs measured so far, and the inputs
of runs that are shared out.

Beside a file of SQLite it is a file, on a server a schema. It is not append-only, and no backup holds it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select, text, union

from signals.files import write_whole
from signals.store.database import LOCK_WAIT_S, Database, engine_of, make_folder, utc_now, writer
from signals.store.failures import told
from signals.store.place import Place, file_place
from signals.store.scratch_tables import kept_steps, metadata, shared_files

_USUAL_SCHEMA, _LONGEST_NAME = "greenband", 63


@dataclass(frozen=True, slots=True)
class Scratch:
    """The second database. `schema` is its name on a server; `url` holds secrets."""

    database: Database
    schema: str | None

    @property
    def url(self) -> str:
        return self.database.place.url.render_as_string(hide_password=False)

    def take(self, job_id: str, folder: Path, known: set[str]) -> None:
        """Keep the steps of a job that are new in its folder; `known` are those that are here and kept, and grows."""
        new = [path for path in sorted(folder.glob("*/*.json")) if path.relative_to(folder).as_posix() not in known]
        if not new:
            return
        with self.database.writing() as writing:
            names = select(kept_steps.c.name).where(kept_steps.c.job_id == job_id)
            there = set(writing.connection.execute(names).scalars())
            for path in new:
                name = path.relative_to(folder).as_posix()
                if name not in there and not path.name.startswith("."):
                    row = {"job_id": job_id, "name": name, "content": zlib.compress(path.read_bytes(), 1)}
                    writing.connection.execute(insert(kept_steps), row)
        known.update(path.relative_to(folder).as_posix() for path in new)

    def lay_out(self, job_id: str, folder: Path) -> set[str]:
        """Write the steps of a job that are kept into a folder; their names."""
        known: set[str] = set()
        self.fetch(job_id, folder, known)
        return known

    def fetch(self, job_id: str, folder: Path, known: set[str]) -> None:
        """Write those steps of a job into its folder that are not known there; `known` grows."""
        ours = kept_steps.c.job_id == job_id
        with self.database.reading() as reading:
            names = set(reading.connection.execute(select(kept_steps.c.name).where(ours)).scalars())
            wanted = kept_steps.c.name.in_(sorted(names - known))
            rows = select(kept_steps.c.name, kept_steps.c.content).where(ours, wanted)
            found = {row.name: bytes(row.content) for row in reading.connection.execute(rows)} if names - known else {}
        for name in sorted(found, reverse=True):  # measures last: where they are, all is there
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, zlib.decompress(found[name]), lasting=False)
        known.update(found)

    def share(self, job_id: str, contents: Mapping[str, bytes]) -> None:
        """Keep files that other workers need for runs of a job, by digest."""
        with self.database.writing() as writing:
            there = select(shared_files.c.digest).where(shared_files.c.job_id == job_id)
            known = set(writing.connection.execute(there).scalars())
            for digest in contents.keys() - known:
                row = {"job_id": job_id, "digest": digest, "content": zlib.compress(contents[digest], 1)}
                writing.connection.execute(insert(shared_files), row)

    def shared(self, job_id: str, digest: str) -> bytes | None:
        """The content of a file that was shared and is still kept."""
        row = select(shared_files.c.content).where(shared_files.c.job_id == job_id, shared_files.c.digest == digest)
        with self.database.reading() as reading:
            found = reading.connection.execute(row).scalar_one_or_none()
        return None if found is None else zlib.decompress(found)

    def unshare(self, job_id: str) -> None:
        """Drop what was shared for a job."""
        with self.database.writing() as writing:
            writing.connection.execute(delete(shared_files).where(shared_files.c.job_id == job_id))

    def jobs(self) -> list[str]:
        """The jobs of which anything is kept."""
        each = union(select(kept_steps.c.job_id), select(shared_files.c.job_id))
        with self.database.reading() as reading:
            return sorted(reading.connection.execute(each).scalars())

    def forget(self, job_id: str) -> None:
        """Drop what a job measured and shared: nobody asks for it any more."""
        with self.database.writing() as writing:
            for table in (kept_steps, shared_files):
                writing.connection.execute(delete(table).where(table.c.job_id == job_id))


@contextmanager
def open_scratch(place: Place) -> Iterator[Scratch]:
    """The second database beside the one at this place; made where it is not there."""
    schema = None if place.file else _make_schema(place)
    beside = _beside(place, schema)
    make_folder(beside)
    engine = engine_of(beside, create=True)
    try:
        with told(beside), writer(engine) as connection:
            metadata.create_all(connection)
        yield Scratch(Database(beside, engine, utc_now, LOCK_WAIT_S), schema)
    finally:
        engine.dispose()


def _beside(place: Place, schema: str | None) -> Place:
    if place.file:
        return file_place(place.file.with_name(f"{place.file.stem}-jobs.sqlite"))
    said = place.url.query.get("options", ())
    options = " ".join([*([said] if isinstance(said, str) else said), f"-csearch_path={schema}"])
    return Place(place.url.update_query_dict({"options": options}))


def _make_schema(place: Place) -> str:
    engine = engine_of(place)
    try:
        with told(place), writer(engine) as connection:
            ours = connection.execute(text("SELECT current_schema()")).scalar_one()
            name = f"{_USUAL_SCHEMA if ours == 'public' else ours}_jobs"[-_LONGEST_NAME:]
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{name}"'))
            return name
    finally:
        engine.dispose()
