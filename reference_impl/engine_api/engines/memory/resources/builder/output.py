"""Output of a build: messages, text, and the result."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator, Awaitable, Callable

from engine_api.api.errors import EngineError
from engine_api.api.images import ErrorDetail, ProgressMessage
from engine_api.api.streams import StreamName

__all__ = ["CommandFailed", "Output", "Terminal", "messages_of"]

_KEPT = 64
"""Messages that wait for a slow client before the build waits, too."""


class CommandFailed(EngineError):
    """A command of the Dockerfile ended with an exit code."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"The command '{command}' returned a non-zero code: {code}")
        self.code = code


class Output:
    """Takes messages of a build."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[ProgressMessage | EngineError | None] = asyncio.Queue(_KEPT)

    async def put(self, message: ProgressMessage | EngineError | None) -> None:
        """A message, a refusal, or the end."""
        await self._queue.put(message)

    async def get(self) -> ProgressMessage | EngineError | None:
        """The next of them."""
        return await self._queue.get()

    async def text(self, text: str) -> None:
        """Text of the build itself."""
        await self.put(ProgressMessage(stream=text))

    async def complaint(self, text: str) -> None:
        """Text that a terminal shows in red."""
        await self.text(f"\x1b[91m{text}\x1b[0m")

    async def image(self, identifier: str) -> None:
        """The image that a stage made, for programs."""
        await self.put(ProgressMessage(aux={"ID": identifier}))


class Terminal:
    """Turns the bytes of a command into text, however they were cut."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._decoders = {
            name: codecs.getincrementaldecoder("utf-8")("replace") for name in (StreamName.STDOUT, StreamName.STDERR)
        }

    async def write(self, stream: StreamName, data: bytes) -> None:
        """More of what the command wrote."""
        text = self._decoders[stream].decode(data)
        if text and stream is StreamName.STDERR:
            await self._output.complaint(text)
        elif text:
            await self._output.text(text)


async def messages_of(run: Callable[[Output], Awaitable[str]], *, quiet: bool) -> AsyncIterator[ProgressMessage]:
    """Return the messages of a build, which is cancelled when they are no longer read.

    Args:
        run: the build; gives the ID of the image.
        quiet: return only the ID, or everything if the build fails.

    Raises:
        EngineError: the build failed before its first message.
    """
    output = Output()
    task = asyncio.ensure_future(_run(run, output, quiet=quiet))
    kept: list[ProgressMessage] = []
    sent = False
    try:
        while (message := await _next(output, task)) is not None:
            if isinstance(message, EngineError):
                if not sent and not kept:
                    raise message
                for one in (*kept, _failure(message)):
                    yield one
                return
            if quiet:
                kept.append(message)
            else:
                sent = True
                yield message
        if quiet and (message := await _next(output, task)) is not None:
            assert isinstance(message, ProgressMessage)
            yield message
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _run(run: Callable[[Output], Awaitable[str]], output: Output, *, quiet: bool) -> None:
    """Run a build; put its error, or the end of its messages and, if quiet, the ID of the image, to its output."""
    try:
        identifier = await run(output)
    except EngineError as error:
        await output.put(error)
        return
    if quiet:
        await output.put(None)
        await output.text(f"{identifier}\n")
    await output.put(None)


def _failure(error: EngineError) -> ProgressMessage:
    detail = ErrorDetail(message=error.message)
    if isinstance(error, CommandFailed):
        detail.code = error.code
    return ProgressMessage(error=error.message, error_detail=detail)


async def _next(output: Output, task: asyncio.Task[None]) -> ProgressMessage | EngineError | None:
    """The next message; a build that broke off raises what broke it."""
    waiting = asyncio.ensure_future(output.get())
    try:
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() and task.done() and task.exception() is not None:
            task.result()
        return await waiting
    finally:
        waiting.cancel()
