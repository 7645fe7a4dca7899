"""Websockets, as far as attaching needs them: the handshake, and messages as they come.

Each piece of output is a message of its own; what comes in is a stream of bytes, however it is cut into messages. Pings
are answered, other control messages but a close are ignored.
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
"""From this version on the engine sends binary messages, before it text messages."""
VERSION: Final = "13"
"""The version of the protocol."""
CLOSE: Final = struct.pack(">H", 1000)
"""What a close says when nothing is wrong."""

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTROL_LIMIT: Final = 125


class Kind(IntEnum):
    """What a message is; the number is the one in its header."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class WebsocketError(Exception):
    """What came breaks the protocol."""


def new_key() -> str:
    """A key for a handshake."""
    return base64.b64encode(os.urandom(16)).decode()


def accept_of(key: str) -> str:
    """What the answer to a handshake with a key must say."""
    return base64.b64encode(hashlib.sha1(key.encode("latin-1") + _GUID, usedforsecurity=False).digest()).decode()


def encode_message(kind: Kind, data: bytes, *, mask: bool = False) -> bytes:
    """A message in one frame.

    Args:
        kind: what it is.
        data: what it says.
        mask: whether it comes from a client, whose messages are masked.
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
    """Takes messages apart, however they were cut on the way.

    Data is passed on as it comes, so that a message's length, whatever it claims, allocates nothing.

    Args:
        masked: whether the messages must be masked, as those of clients are.
        kinds: whether TEXT and BINARY pieces are distinguished.
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
        """What `data` brings: pieces of messages, all as BINARY unless kinds are distinguished, and control messages.

        Raises:
            WebsocketError: it breaks the protocol.
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
        """Read a frame's head; gives where its data begins, or None if it is not all there."""
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
