"""Where the database is: a file of SQLite or a PostgreSQL server, told without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from networks.faults import Fault, InputError

FILE_NAME = "greenband.sqlite"
_NEEDED = "sqlite:///FILE or postgresql://USER@HOST/DATABASE"
_SHOWN_OPTIONS = ("options", "host", "port", "sslmode", "connect_timeout", "application_name")


@dataclass(frozen=True, slots=True)
class Place:
    """A database that may or may not be there. `url` holds its secrets: show `str(place)` instead."""

    url: URL

    def __str__(self) -> str:
        return str(self.file) if self.file else self._without_secrets().render_as_string(hide_password=True)

    def __repr__(self) -> str:
        return f"Place({self})"

    @property
    def file(self) -> Path | None:
        """The file of SQLite, None for a server."""
        return Path(self.url.database or "") if self.url.drivername == "sqlite" else None

    def scrubbed(self, text: str) -> str:
        """A message of the driver in one line, without the secrets of the URL."""
        secrets = {str(self.url.password or ""), *self._hidden().values()}
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
        return " ".join(text.split())[:400]

    def _without_secrets(self) -> URL:
        return self.url.set(drivername="postgresql").difference_update_query(self._hidden())

    def _hidden(self) -> dict[str, str]:
        values = {name: self.url.normalized_query[name] for name in self.url.query if name not in _SHOWN_OPTIONS}
        return {name: "".join(value) for name, value in values.items()}


def place_of(url: str | None, state_folder: Path) -> Place:
    """The database of this URL; without one, the file of SQLite in the state folder.

    Raises `InputError` for a URL of another kind. A URL that cannot be read is not repeated: it may hold a password.
    """
    if not url:
        return file_place(state_folder / FILE_NAME)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InputError([Fault("database", "URL", "a text that is no URL", _NEEDED)]) from error
    kind = parsed.drivername.split("+")[0]
    if kind in ("postgresql", "postgres"):
        if not parsed.database:
            raise InputError([Fault("database", "URL", "no name of a database", _NEEDED)])
        return Place(parsed.set(drivername="postgresql+psycopg"))
    if parsed.drivername != "sqlite":
        raise InputError([Fault("database", "URL", f"kind {parsed.drivername!r}", _NEEDED)])
    if not parsed.database or parsed.database == ":memory:" or parsed.query or parsed.host:
        raise InputError([Fault("database", "URL", "no plain file of SQLite", _NEEDED)])
    return file_place(Path(parsed.database))


def file_place(path: Path) -> Place:
    """The file of SQLite at this path."""
    return Place(URL.create("sqlite", database=str(path.absolute())))
