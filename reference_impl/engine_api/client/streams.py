"""Streams of responses: the output of a process, both directions of an attached process, and documents.

The asynchronous streams implement those of `engine_api.api.streams`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

import httpx

from engine_api.api import streams
from engine_api.api.containers import ContainerPathStat
from engine_api.api.streams import Chunk
from engine_api.client.errors import ConnectionFailed
from engine_api.client.transport import AsyncNetworkStream, NetworkStream
from engine_api.wire.frames import FrameDecoder, FrameError, RawDecoder
from engine_api.wire.websocket import CLOSE, Kind, MessageDecoder, WebsocketError, encode_message

__all__ = [
    "Archive",
    "AsyncDuplex",
    "AsyncOutput",
    "AsyncWebsocket",
    "Content",
    "Duplex",
    "MessageStream",
    "Output",
    "Websocket",
    "async_content",
    "async_documents",
]

T = TypeVar("T")


class _Decoder(Protocol):
    def feed(self, data: bytes) -> list[Chunk]: ...

    def end(self) -> None: ...


def _decoder(tty: bool) -> _Decoder:
    return RawDecoder() if tty else FrameDecoder()


def _failed(error: Exception) -> ConnectionFailed:
    return ConnectionFailed(str(error) or "the connection broke")


class _Messages:
    """Decodes the messages of a websocket."""

    def __init__(self) -> None:
        self._decoder = MessageDecoder(masked=False)
        self.closed = False
        """Whether the engine has closed the websocket."""

    def feed(self, data: bytes) -> tuple[list[Chunk], bytes]:
        """Return the chunks in `data`, and the pongs to send."""
        chunks: list[Chunk] = []
        pongs = b""
        for kind, piece in self._decoder.feed(data):
            if kind is Kind.BINARY:
                chunks.append(Chunk(streams.StreamName.STDOUT, piece))
            elif kind is Kind.PING:
                pongs += encode_message(Kind.PONG, piece, mask=True)
            elif kind is Kind.CLOSE:
                self.closed = True
        return chunks, pongs


# asyncio


class AsyncOutput(streams.OutputStream):
    """The output of a process."""

    def __init__(self, response: httpx.Response, *, tty: bool) -> None:
        super().__init__(tty=tty)
        self._response = response
        self._pieces = response.stream.__aiter__()  # type: ignore[union-attr]
        self._decoder = _decoder(tty)

    async def receive(self) -> Sequence[Chunk]:
        """Return the available chunks; see `engine_api.api.streams`.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            async for data in self._pieces:
                if chunks := self._decoder.feed(data):
                    return chunks
            self._decoder.end()
        except (httpx.TransportError, FrameError) as error:
            raise _failed(error) from error
        return ()

    async def aclose(self) -> None:
        """Close the stream."""
        await self._response.aclose()


class AsyncDuplex(streams.Duplex):
    """Both directions of an attached process."""

    def __init__(self, response: httpx.Response, *, tty: bool) -> None:
        super().__init__(tty=tty)
        self._response = response
        self._stream: AsyncNetworkStream = response.extensions["network_stream"]
        self._decoder = _decoder(tty)

    async def receive(self) -> Sequence[Chunk]:
        """Return the available chunks; see `engine_api.api.streams`.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            while data := await self._stream.read():
                if chunks := self._decoder.feed(data):
                    return chunks
            self._decoder.end()
        except (httpx.TransportError, FrameError) as error:
            raise _failed(error) from error
        return ()

    async def write(self, data: bytes) -> None:
        """Send to standard input; discarded if the process has ended."""
        try:
            await self._stream.write(data)
        except httpx.TransportError:
            return

    async def close_write(self) -> None:
        """End standard input. No effect over TLS, which has no half-close in Python."""
        await self._stream.close_write()

    async def aclose(self) -> None:
        """Detach from the process."""
        await self._response.aclose()


class AsyncWebsocket(streams.Duplex):
    """Both directions of a process that is attached by a websocket; all output is standard output."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(tty=True)
        self._response = response
        self._stream: AsyncNetworkStream = response.extensions["network_stream"]
        self._messages = _Messages()

    async def receive(self) -> Sequence[Chunk]:
        """Return the available chunks; see `engine_api.api.streams`.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            while not self._messages.closed and (data := await self._stream.read()):
                chunks, pongs = self._messages.feed(data)
                if pongs:
                    await self._stream.write(pongs)
                if chunks:
                    return chunks
        except (httpx.TransportError, WebsocketError) as error:
            raise _failed(error) from error
        return ()

    async def write(self, data: bytes) -> None:
        """Send to standard input; discarded if the process has ended."""
        try:
            await self._stream.write(encode_message(Kind.BINARY, data, mask=True))
        except httpx.TransportError:
            return

    async def close_write(self) -> None:
        """End standard input; an engine may then close the websocket."""
        try:
            await self._stream.write(encode_message(Kind.CLOSE, CLOSE, mask=True))
        except httpx.TransportError:
            return

    async def aclose(self) -> None:
        """Detach from the process."""
        await self._response.aclose()


async def async_documents(response: httpx.Response, decode: Callable[[bytes], T]) -> AsyncIterator[T]:
    """Yield the documents of a stream, one per line."""
    rest = b""
    try:
        async for data in response.stream:  # type: ignore[union-attr]
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line.strip():
                    yield decode(line)
        if rest.strip():
            yield decode(rest)
    except httpx.TransportError as error:
        raise _failed(error) from error
    finally:
        await response.aclose()


async def async_content(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the bytes of a response in pieces."""
    try:
        async for data in response.aiter_bytes():
            yield data
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise _failed(error) from error
    finally:
        await response.aclose()


# blocking


class Output:
    """The output of a process in chunks. Use it as a context manager, or `close` it."""

    def __init__(self, response: httpx.Response, *, tty: bool) -> None:
        self.tty = tty
        """Whether the process has a terminal, whose output is one raw stream."""
        self._response = response
        self._received: deque[Chunk] = deque()
        self._pieces: Iterator[bytes] = iter(response.stream)  # type: ignore[arg-type]
        self._decoder = _decoder(tty)

    def receive(self) -> Sequence[Chunk]:
        """Return the available chunks, at least one; empty at the end.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            for data in self._pieces:
                if chunks := self._decoder.feed(data):
                    return chunks
            self._decoder.end()
        except (httpx.TransportError, FrameError) as error:
            raise _failed(error) from error
        return ()

    def close(self) -> None:
        """Close the stream; the process continues."""
        self._response.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        while not self._received:
            chunks = self.receive()
            if not chunks:
                raise StopIteration
            self._received.extend(chunks)
        return self._received.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Duplex(Output):
    """Both directions of an attached process; each has its own end."""

    def __init__(self, response: httpx.Response, *, tty: bool) -> None:
        super().__init__(response, tty=tty)
        self._stream: NetworkStream = response.extensions["network_stream"]

    def receive(self) -> Sequence[Chunk]:
        """Return the available chunks, at least one; empty at the end.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            while data := self._stream.read():
                if chunks := self._decoder.feed(data):
                    return chunks
            self._decoder.end()
        except (httpx.TransportError, FrameError) as error:
            raise _failed(error) from error
        return ()

    def write(self, data: bytes) -> None:
        """Send to standard input; waits while the process does not read; discarded if the process has ended."""
        try:
            self._stream.write(data)
        except httpx.TransportError:
            return

    def close_write(self) -> None:
        """End standard input (half-close). No effect over TLS, which has no half-close in Python."""
        self._stream.close_write()


class Websocket(Duplex):
    """Both directions of a process that is attached by a websocket; all output is standard output."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response, tty=True)
        self._messages = _Messages()

    def receive(self) -> Sequence[Chunk]:
        """Return the available chunks, at least one; empty at the end.

        Raises:
            ConnectionFailed: the connection broke, or the stream is malformed.
        """
        try:
            while not self._messages.closed and (data := self._stream.read()):
                chunks, pongs = self._messages.feed(data)
                if pongs:
                    self._stream.write(pongs)
                if chunks:
                    return chunks
        except (httpx.TransportError, WebsocketError) as error:
            raise _failed(error) from error
        return ()

    def write(self, data: bytes) -> None:
        """Send to standard input; waits while the process does not read; discarded if the process has ended."""
        super().write(encode_message(Kind.BINARY, data, mask=True))

    def close_write(self) -> None:
        """End standard input; an engine may then close the websocket."""
        super().write(encode_message(Kind.CLOSE, CLOSE, mask=True))


class MessageStream(Generic[T]):
    """The documents of a response as they arrive. Closed at the end; or use it as a context manager."""

    def __init__(self, response: httpx.Response, decode: Callable[[bytes], T]) -> None:
        self._response = response
        self._decode = decode
        self._documents = self._read()

    def _read(self) -> Iterator[T]:
        rest = b""
        try:
            for data in self._response.stream:  # type: ignore[union-attr]
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    if line.strip():
                        yield self._decode(line)
            if rest.strip():
                yield self._decode(rest)
        except httpx.TransportError as error:
            raise _failed(error) from error
        finally:
            self._response.close()

    def close(self) -> None:
        """Close the stream."""
        self._response.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        return next(self._documents)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Content:
    """The bytes of a response in pieces. Closed at the end; or use it as a context manager."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces = self._read()

    def _read(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _failed(error) from error
        finally:
            self._response.close()

    def read(self) -> bytes:
        """Return the rest of the bytes.

        Raises:
            ConnectionFailed: the connection broke.
        """
        return b"".join(self)

    def close(self) -> None:
        """Close the response."""
        self._response.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Archive(Content):
    """Files of a container as a tar archive. Closed at the end; or use it as a context manager."""

    def __init__(self, response: httpx.Response, stat: ContainerPathStat) -> None:
        super().__init__(response)
        self.stat = stat
        """The description of the requested path."""
