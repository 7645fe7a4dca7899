"""A directory of the host that keeps a state, for one engine at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from engine_api.engines.memory.state.store import Changes, Key

__all__ = ["StateError", "StateStore"]

_APPLICATION: Final = 0x45415049
_FORMAT: Final = 1
_SCHEMA: Final = """
CREATE TABLE document (number INTEGER PRIMARY KEY, kind TEXT, name TEXT, data BLOB NOT NULL, UNIQUE (kind, name));
CREATE TABLE content (digest BLOB PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE line (name TEXT, number INTEGER, data BLOB NOT NULL, PRIMARY KEY (name, number)) WITHOUT ROWID;
"""
_PUT: Final = """
INSERT INTO document (kind, name, data) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET data = excluded.data
"""


class StateError(Exception):
    """A state cannot be read or kept; the message is one line for people."""


class StateStore:
    """A store in a database, `state.db`, of a directory, which is made if it is not there, for its owner only.

    What `write` wrote is there after a crash of the process or of the machine.

    Args:
        folder: the directory.

    Raises:
        StateError: it cannot be used, another engine uses it, or what is there is no state that this release knows.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(folder / "state.db", os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StateError(f"{folder}: {error.strerror}") from None
        self._database = sqlite3.connect(folder / "state.db", isolation_level=None, timeout=0)
        try:
            self._open()
        except sqlite3.Error as error:
            self._database.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise StateError(f"{folder}: another engine has its state there") from None
            raise StateError(f"{folder}: {error}") from None
        except StateError:
            self._database.close()
            raise

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        application = run("PRAGMA application_id").fetchone()[0]
        if application not in (0, _APPLICATION):
            raise StateError(f"{self._folder}: state.db is something else than an engine's state")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("BEGIN EXCLUSIVE")
        form = run("PRAGMA user_version").fetchone()[0]
        if not application and not run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA.strip().split("\n"):
                run(statement)
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {_FORMAT}")
        elif application != _APPLICATION:
            raise StateError(f"{self._folder}: state.db is something else than an engine's state")
        elif form != _FORMAT:
            raise StateError(f"{self._folder}: the state is of format {form}; this release reads format {_FORMAT}")
        run("COMMIT")

    def documents(self) -> Iterable[tuple[Key, bytes]]:
        """Every document, oldest first."""
        for kind, name, data in self._database.execute("SELECT kind, name, data FROM document ORDER BY number"):
            yield (kind, name), data

    def digests(self) -> set[bytes]:
        """Of every content that there is."""
        return {digest for (digest,) in self._database.execute("SELECT digest FROM content")}

    def content(self, digest: bytes) -> bytes:
        """A content."""
        row = self._database.execute("SELECT data FROM content WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        data: bytes = row[0]
        return data

    def lines(self, name: str) -> Iterable[bytes]:
        """The lines of a log."""
        for (data,) in self._database.execute("SELECT data FROM line WHERE name = ? ORDER BY number", (name,)):
            yield data

    def write(self, changes: Changes) -> None:
        """Write changes in one transaction, and wait until the disk has them.

        Raises:
            StateError: they could not be written; then none was.
        """
        run, many = self._database.execute, self._database.executemany
        try:
            run("BEGIN IMMEDIATE")
            try:
                many("INSERT OR IGNORE INTO content VALUES (?, ?)", changes.contents.items())
                rows = [(kind, name, data) for (kind, name), data in changes.documents.items()]
                many(_PUT, rows)
                many("DELETE FROM document WHERE kind = ? AND name = ?", changes.gone)
                many("DELETE FROM line WHERE name = ?", [(name,) for kind, name in changes.gone if kind == "container"])
                many("INSERT OR REPLACE INTO line VALUES (?, ?, ?)", changes.lines)
                run("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    run("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StateError(f"{self._folder}: {error}") from None

    def forget(self, contents: Iterable[bytes]) -> None:
        """Remove contents that nothing refers to.

        Raises:
            StateError: they could not be removed.
        """
        try:
            with self._database:
                self._database.executemany("DELETE FROM content WHERE digest = ?", [(digest,) for digest in contents])
        except sqlite3.Error as error:
            raise StateError(f"{self._folder}: {error}") from None

    def close(self) -> None:
        """Let go of the directory."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
