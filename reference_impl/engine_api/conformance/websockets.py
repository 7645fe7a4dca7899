"""The messages of a websocket, with the labels of transcripts."""

from __future__ import annotations

from collections import deque
from typing import Final

from engine_api.conformance.target import Response
from engine_api.spec.exchange import StreamLabel
from engine_api.wire.websocket import CLOSE, Kind, MessageDecoder, encode_message

__all__ = ["Messages"]

_LABELS: Final[dict[Kind, StreamLabel]] = {Kind.TEXT: "text", Kind.BINARY: "binary"}
_KINDS: Final = {label: kind for kind, label in _LABELS.items()}


class Messages:
    """Both directions of a websocket, from the client's side.

    Args:
        response: the response to the handshake.
    """

    def __init__(self, response: Response) -> None:
        self._response = response
        self._decoder = MessageDecoder(masked=False, kinds=True)
        self._found: deque[tuple[Kind, bytes]] = deque()

    async def send(self, label: StreamLabel | None, data: bytes) -> None:
        """Send a message, or a close frame for None. Other labels than `text` and `binary` send binary messages."""
        kind = Kind.CLOSE if label is None else _KINDS.get(label, Kind.BINARY)
        await self._response.connection.send(encode_message(kind, CLOSE if label is None else data, mask=True))

    async def next(self) -> tuple[StreamLabel | None, str]:
        """Return the label and the text of the next message; None and an empty string at the end.

        Raises:
            WebsocketError: the engine violates the protocol.
        """
        while True:
            while not self._found:
                data = await self._response.more()
                if not data:
                    return None, ""
                self._found.extend(self._decoder.feed(data))
            kind, piece = self._found.popleft()
            if kind in _LABELS:
                return _LABELS[kind], piece.decode("utf-8", "replace")
            if kind is Kind.CLOSE:
                return None, ""
