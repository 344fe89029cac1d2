"""What a job measured goes from one machine to another, and is forgotten when nobody needs it."""

from __future__ import annotations

from pathlib import Path

from signals.store.place import Place
from signals.store.scratch import open_scratch


def test_steps_go_from_folder_to_folder(place: Place, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "run").mkdir(parents=True)
    (here / "run" / "a.json").write_text("1")
    (here / "run" / ".b.json.part").write_text("half")
    with open_scratch(place) as scratch:
        known: set[str] = set()
        scratch.take("job", here, known)
        (here / "run" / "c.json").write_text("3" * 10_000)
        scratch.take("job", here, known)
        assert known == {"run/a.json", "run/c.json"}
        scratch.take("job", here, set())  # by a worker that knows of nothing
    with open_scratch(place) as scratch:
        assert scratch.lay_out("job", there) == known
        assert (there / "run" / "c.json").read_text() == "3" * 10_000
        assert scratch.lay_out("another", there) == set()
        scratch.forget("job")
        assert scratch.lay_out("job", there) == set()


def test_it_stands_beside_the_database(place: Place) -> None:
    with open_scratch(place) as scratch:
        if place.file:
            assert scratch.database.place.file == place.file.with_name(f"{place.file.stem}-jobs.sqlite")
            assert scratch.schema is None
        else:
            assert scratch.schema is not None
            assert scratch.schema.startswith("greenband_test_")
            assert scratch.schema.endswith("_jobs")
