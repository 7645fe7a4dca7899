"""An engine around another: every call passes through one function."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from engine_api.api.engine import RESOURCES, Engine, Resource
from engine_api.api.implementation import Arguments, implement
from engine_api.api.operation import Operation
from engine_api.api.streams import Chunk, Duplex, OutputStream

__all__ = ["Call", "WrappedDuplex", "WrappedOutput", "WrappingEngine", "wrapped_messages"]

T = TypeVar("T")

Call = Callable[[], Awaitable[object]]
"""Calls the engine inside with the arguments as they are, and returns what it returns."""


class WrappingEngine(Engine):
    """An engine around another one; override `around` to do something with every call.

    Args:
        inner: the engine inside.
    """

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self._wrapped = {one.name: implement(one.protocol, partial(self._invoke, one.name)) for one in RESOURCES}

    async def _invoke(self, resource: str, operation: Operation, given: Arguments) -> object:
        arguments = dict(given)

        async def call() -> object:
            method = getattr(getattr(self.inner, resource), operation.name)
            result: object = await method(**arguments)
            return result

        return await self.around(operation, arguments, call)

    async def around(self, operation: Operation, arguments: dict[str, object], call: Call) -> object:
        """Handle one call; without being overridden, pass it on.

        Args:
            operation: the operation that is called.
            arguments: its arguments by name, without those that were left out; changes reach the engine inside.
            call: calls the engine inside; what it returns is what the operation returns.

        Raises:
            EngineError: the call is refused.
        """
        return await call()


def _wrapped(resource: Resource) -> property:
    """Return the property of a resource, whose operations pass through `around`."""

    def wrapped(self: WrappingEngine) -> object:
        return self._wrapped[resource.name]

    return property(wrapped, doc=resource.description)


for _resource in RESOURCES:
    setattr(WrappingEngine, _resource.name, _wrapped(_resource))


# Streams


class WrappedOutput(OutputStream):
    """A stream of output around another one; override `receive` to see what passes.

    Args:
        inner: the stream inside.
    """

    def __init__(self, inner: OutputStream) -> None:
        super().__init__(tty=inner.tty)
        self.inner = inner

    async def receive(self) -> Sequence[Chunk]:
        """Return what the stream inside returns."""
        return await self.inner.receive()

    async def aclose(self) -> None:
        """Close the stream inside."""
        await self.inner.aclose()


class WrappedDuplex(WrappedOutput, Duplex):
    """Both directions of a process around others.

    Args:
        inner: the stream inside.
    """

    inner: Duplex

    def __init__(self, inner: Duplex) -> None:
        super().__init__(inner)

    async def write(self, data: bytes) -> None:
        """Send to the input of the process."""
        await self.inner.write(data)

    async def close_write(self) -> None:
        """End the input of the process."""
        await self.inner.close_write()


async def wrapped_messages(
    inner: AsyncIterator[T], *, each: Callable[[T], object], end: Callable[[], object] = lambda: None
) -> AsyncIterator[T]:
    """Pass on messages, or pieces of bytes, and close the stream inside with this one.

    Args:
        inner: the messages.
        each: called with each message before it is passed on.
        end: called when the last one was passed on.
    """
    try:
        async for message in inner:
            each(message)
            yield message
    finally:
        if isinstance(inner, AsyncGenerator):
            await inner.aclose()
    end()
