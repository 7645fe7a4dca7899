"""The parts of the websocket protocol that attaching needs: the handshake, and messages as they arrive.

Each piece of output is a message. Input is a stream of bytes, whatever its division into messages. Pings get a pong;
control messages other than ping and close are ignored.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from enum import IntEnum
from typing import Final

from engine_api.api.versions import Version

__all__ = [
    "BINARY_SINCE",
    "CLOSE",
    "VERSION",
    "Kind",
    "MessageDecoder",
    "WebsocketError",
    "accept_of",
    "encode_message",
    "new_key",
]

BINARY_SINCE: Final = Version(1, 28)
"""The first version in which the engine sends binary messages; earlier versions send text messages."""
VERSION: Final = "13"
"""The version of the websocket protocol."""
CLOSE: Final = struct.pack(">H", 1000)
"""The content of a normal close frame: status 1000."""

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTROL_LIMIT: Final = 125


class Kind(IntEnum):
    """The kind of a message; its value is the opcode."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class WebsocketError(Exception):
    """The data violates the protocol."""


def new_key() -> str:
    """Return a key for a handshake."""
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key: str) -> str:
    """Return the `Sec-WebSocket-Accept` header for the key of a handshake."""
    return base64.b64encode(hashlib.sha1(key.encode("latin-1") + _GUID, usedforsecurity=False).digest()).decode()


def encode_message(kind: Kind, data: bytes, *, mask: bool = False) -> bytes:
    """Return a message as one frame.

    Args:
        kind: the kind of the message.
        data: the payload.
        mask: whether to mask the payload, as clients must.
    """
    flag = 0x80 if mask else 0
    size = len(data)
    if size < 126:
        head = struct.pack(">BB", 0x80 | kind, flag | size)
    elif size < 1 << 16:
        head = struct.pack(">BBH", 0x80 | kind, flag | 126, size)
    else:
        head = struct.pack(">BBQ", 0x80 | kind, flag | 127, size)
    if not mask:
        return head + data
    key = os.urandom(4)
    return head + key + _masked(data, key)


def _masked(data: bytes, key: bytes) -> bytes:
    size = len(data)
    long = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(long, "big")).to_bytes(size, "big")


class MessageDecoder:
    """Decodes messages that arrive in pieces of any size.

    Data is returned as it arrives, so that the length in a header allocates nothing.

    Args:
        masked: whether messages must be masked, as those of clients are.
        kinds: whether to distinguish TEXT and BINARY pieces.
    """

    def __init__(self, *, masked: bool, kinds: bool = False) -> None:
        self._masked = masked
        self._kinds = kinds
        self._last = Kind.BINARY
        self._rest = b""
        self._kind = Kind.BINARY
        self._left = 0
        self._key = b""

    def feed(self, data: bytes) -> list[tuple[Kind, bytes]]:
        """Return the pieces of messages and the control messages in `data`.

        Pieces are BINARY unless kinds are distinguished.

        Raises:
            WebsocketError: the data violates the protocol.
        """
        found: list[tuple[Kind, bytes]] = []
        data = self._rest + data
        at = 0
        while True:
            if not self._left:
                head = self._head(data, at)
                if head is None:
                    break
                at = head
                if not self._left:
                    if self._kind >= Kind.CLOSE:
                        found.append((self._kind, b""))
                    continue
            if self._kind >= Kind.CLOSE and len(data) - at < self._left:
                break
            piece = data[at : at + self._left]
            if not piece:
                break
            at += len(piece)
            self._left -= len(piece)
            if self._masked:
                turn = len(piece) % 4
                piece = _masked(piece, self._key)
                self._key = self._key[turn:] + self._key[:turn]
            found.append((self._kind if self._kind >= Kind.CLOSE else self._last, piece))
        self._rest = data[at:]
        return found

    def _head(self, data: bytes, at: int) -> int | None:
        """Read the head of a frame; return the index of its data, or None if the head is incomplete."""
        if len(data) - at < 2:
            return None
        first, second = data[at], data[at + 1]
        size = second & 0x7F
        extra = {126: 2, 127: 8}.get(size, 0)
        end = at + 2 + extra + (4 if second & 0x80 else 0)
        if first & 0x70 or (first & 0x0F) not in Kind.__members__.values():
            raise WebsocketError(f"no frame of a websocket: {data[at : at + 2].hex(' ')}")
        if bool(second & 0x80) != self._masked:
            raise WebsocketError("a frame is not masked" if self._masked else "a frame is masked")
        if len(data) < end:
            return None
        if extra:
            size = int.from_bytes(data[at + 2 : at + 2 + extra], "big")
        self._kind = Kind(first & 0x0F)
        if self._kind >= Kind.CLOSE and (size > _CONTROL_LIMIT or not first & 0x80):
            raise WebsocketError("a control message is too long, or in pieces")
        if self._kinds and self._kind in (Kind.TEXT, Kind.BINARY):
            self._last = self._kind
        self._left = size
        self._key = data[end - 4 : end] if self._masked else b""
        return end
