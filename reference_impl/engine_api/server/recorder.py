"""What clients use, in a file, so that `engine-api diff --uses` can tell what an upgrade means for them."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from engine_api.server.takeover import EXTENSION
from engine_api.versions.uses import Use, match, use_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Recorder"]

_BODY_LIMIT: Final = 1024 * 1024
"""Longer bodies are not read for their fields."""


class Recorder:
    """Writes a JSON line for each kind of request: the operation, the version, the status, and the names that it uses.

    Names only: parameters, headers and fields, and values that the API itself names. What somebody put into them is
    not written, so neither are credentials. A request that uses just what an earlier one did is not written again.

    Args:
        app: the application.
        file: where the lines go.
    """

    def __init__(self, app: ASGIApp, file: IO[str]) -> None:
        self._app = app
        self._file = file
        self._written: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = match(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        binding, version = asked
        body: bytearray | None = bytearray() if binding.json_argument is not None else None

        async def reading() -> Message:
            message = await receive()
            if body is not None and len(body) <= _BODY_LIMIT:
                body.extend(message.get("body", b""))
            return message

        def note(status: int) -> None:
            query = scope["query_string"].decode("latin-1")
            headers = [name.decode("latin-1") for name, _ in scope["headers"]]
            read = bytes(body) if body is not None and len(body) <= _BODY_LIMIT else b""
            self._write(use_of(binding, version, query, headers, read, status))

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
            await send(message)

        extensions = scope.get("extensions", {})
        takeover = extensions.get(EXTENSION)
        if takeover is not None:
            upgraded = 101 if any(name == b"upgrade" for name, _ in scope["headers"]) else 200

            def noting_takeover() -> Any:
                note(upgraded)
                return takeover()

            scope = {**scope, "extensions": {**extensions, EXTENSION: noting_takeover}}
        await self._app(scope, reading, noting)

    def _write(self, use: Use) -> None:
        line = msgspec.json.encode(use)
        if line not in self._written:
            self._written.add(line)
            self._file.write(line.decode() + "\n")
            self._file.flush()
