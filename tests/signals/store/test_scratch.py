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


def test_what_another_worker_measured_comes_into_the_folder_once(place: Place, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, name in ((here, "a"), (there, "b")):
        (folder / "run").mkdir(parents=True)
        (folder / "run" / f"{name}.json").write_text(name)
    with open_scratch(place) as scratch:
        known: set[str] = set()
        scratch.take("job", there, set())
        scratch.take("job", here, known)
        assert known == {"run/a.json"}, "what is kept is not yet here"
        scratch.fetch("job", here, known)
        assert known == {"run/a.json", "run/b.json"}
        assert (here / "run" / "b.json").read_text() == "b"
        (here / "run" / "b.json").unlink()
        scratch.fetch("job", here, known)
        assert not (here / "run" / "b.json").exists()


def test_what_is_shared_for_a_job_goes_with_it(place: Place) -> None:
    with open_scratch(place) as scratch:
        scratch.share("job", {"1" * 64: b"one", "2" * 64: b"two" * 1000})
        scratch.share("job", {"2" * 64: b"two" * 1000, "3" * 64: b"three"})
        scratch.share("another", {"1" * 64: b"one"})
        assert scratch.shared("job", "2" * 64) == b"two" * 1000
        scratch.unshare("job")
        assert [scratch.shared("job", digit * 64) for digit in "123"] == [None, None, None]
        assert scratch.shared("another", "1" * 64) == b"one"
        scratch.forget("another")
        assert scratch.shared("another", "1" * 64) is None


def test_it_stands_beside_the_database(place: Place) -> None:
    with open_scratch(place) as scratch:
        if place.file:
            assert scratch.database.place.file == place.file.with_name(f"{place.file.stem}-jobs.sqlite")
            assert scratch.schema is None
        else:
            assert scratch.schema is not None
            assert scratch.schema.startswith("greenband_test_")
            assert scratch.schema.endswith("_jobs")
