"""Events: published by parts of the engine, received by subscriptions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from engine_api.api.events import EventActor, EventMessage
from engine_api.engines.memory.machine.clock import Clock

__all__ = ["HISTORY", "EventBus", "Subscription", "command_of"]

HISTORY: Final = 256
"""How many past events are kept."""
_BACKLOG: Final = 16_384
"""How many events wait for a reader at most."""


def command_of(argv: Sequence[str]) -> str:
    """A command as events have it: the program, a blank even if there are no arguments, the arguments."""
    return f"{argv[0]} {' '.join(argv[1:])}" if argv else ""


class EventBus:
    """Keeps the last events, and gives new ones to every subscription.

    Args:
        clock: gives the times of the events.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._history: deque[EventMessage] = deque(maxlen=HISTORY)
        self.count = 0
        """How many there were."""
        self._subscriptions: set[Subscription] = set()

    @property
    def history(self) -> tuple[EventMessage, ...]:
        """The last events, oldest first."""
        return tuple(self._history)

    @property
    def listeners(self) -> int:
        """How many subscriptions there are."""
        return len(self._subscriptions)

    def publish(
        self, kind: str, action: str, id: str, attributes: Mapping[str, str] | None = None, *, scope: str = "local"
    ) -> None:
        """Publish an event; never waits.

        Args:
            kind: what kind of thing it happened to, such as `container`.
            action: what happened, such as `create`.
            id: which one.
            attributes: what else belongs to it.
            scope: `local` or `swarm`.
        """
        now = self._clock.time_ns()
        actor = EventActor(id=id, attributes=dict(sorted((attributes or {}).items())))
        event = EventMessage(
            type=kind, action=action, actor=actor, scope=scope, time=now // 1_000_000_000, time_nano=now
        )
        if kind in ("container", "image"):
            event.status, event.legacy_id = action, id
        if kind == "container":
            event.legacy_from = (attributes or {}).get("image", "")
        self._history.append(event)
        self.count += 1
        for subscription in tuple(self._subscriptions):
            subscription.put(event)

    def subscribe(
        self, wanted: Callable[[EventMessage], bool] = lambda _: True, *, since: int | None = None
    ) -> Subscription:
        """Listen from now on; whoever calls this owns the subscription and closes it.

        Args:
            wanted: returns whether an event is received.
            since: begin with the kept events from this time on, in nanoseconds since 1970. Default: without them.
        """
        subscription = Subscription(wanted, self._subscriptions.discard)
        if since is not None:
            for event in self._history:
                if (event.time_nano or 0) >= since:
                    subscription.put(event)
        self._subscriptions.add(subscription)
        return subscription

    def close(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.close()


class Subscription:
    """Events in the order in which they happened; ends when it is closed, by its owner or by the bus.

    A reader that lags behind by more than some thousand events gets those, and then the end, as the loss of single
    events could not be seen.
    """

    def __init__(self, wanted: Callable[[EventMessage], bool], ended: Callable[[Subscription], object]) -> None:
        self._wanted = wanted
        self._ended = ended
        self._events: deque[EventMessage] = deque()
        self._closed = False
        self._news = asyncio.Event()

    def put(self, event: EventMessage) -> None:
        """Keep an event for the reader, if it is of interest."""
        if self._closed or not self._wanted(event):
            return
        if len(self._events) >= _BACKLOG:
            self.close()
            return
        self._events.append(event)
        self._news.set()

    def close(self) -> None:
        """Nothing more will come; what is there can still be read."""
        self._closed = True
        self._ended(self)
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventMessage:
        while not self._events:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._events.popleft()

    async def aclose(self) -> None:
        """Stop listening."""
        self._events.clear()
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
