"""What clients use of the API, in a file for `engine-api diff --uses`, which shows what an upgrade means for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Final

import msgspec

from engine_api.server.exchange import Exchange, Handle
from engine_api.versions.uses import Use, use_of
from engine_api.wire.takeover import EXTENSION, Connection

if TYPE_CHECKING:
    from starlette.types import Message, Scope

__all__ = ["Recorder"]

_BODY_LIMIT: Final = 1024 * 1024
"""Limit of a body, in bytes; fields of longer bodies are not written."""


class Recorder:
    """Writes a JSON line for each kind of request: the operation, the version, the status, and the names that it uses.

    A line has names of parameters, headers and fields, and values that the API itself declares. Values of users, such
    as credentials, are not written. A request that uses the same as an earlier one is not written again.

    Pass a recorder to `app` in `around`.

    Args:
        file: the file that receives the lines.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._written: set[bytes] = set()

    async def __call__(self, exchange: Exchange, handle: Handle) -> None:
        """Handle an exchange, and write what it uses when its response begins."""
        binding, scope = exchange.binding, exchange.scope
        body: bytearray | None = bytearray() if binding.json_argument is not None else None

        async def reading() -> Message:
            message = await exchange.receive()
            if body is not None and len(body) <= _BODY_LIMIT:
                body.extend(message.get("body", b""))
            return message

        def note(status: int) -> None:
            query = scope["query_string"].decode("latin-1")
            headers = [name.decode("latin-1") for name, _ in scope["headers"]]
            read = bytes(body) if body is not None and len(body) <= _BODY_LIMIT else b""
            self._write(use_of(binding, exchange.asked or "", query, headers, read, status))

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
            await exchange.send(message)

        noted = replace(exchange, scope=_noting_takeover(scope, note), receive=reading, send=noting)
        await handle(noted)

    def _write(self, use: Use) -> None:
        line = msgspec.json.encode(use)
        if line not in self._written:
            self._written.add(line)
            self._file.write(line.decode() + "\n")
            self._file.flush()


def _noting_takeover(scope: Scope, note: Callable[[int], None]) -> Scope:
    """Return a scope in which taking over the connection notes its status."""
    extensions = scope.get("extensions", {})
    takeover = extensions.get(EXTENSION)
    if takeover is None:
        return scope
    status = 101 if any(name == b"upgrade" for name, _ in scope["headers"]) else 200

    def noting() -> Connection:
        note(status)
        connection: Connection = takeover()
        return connection

    return {**scope, "extensions": {**extensions, EXTENSION: noting}}
