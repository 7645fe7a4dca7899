"""What v1.30 changed in behaviour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from engine_api.api.images import ProgressMessage
from engine_api.api.struct import UNSET
from engine_api.versions.change import Change, Scope


class AnswerAWaitAtOnce(Change):
    """The headers of a wait are sent as soon as the engine waits, so that a client may start the container once it
    has them; before, nothing was sent until the container had ended.
    """

    version = "1.30"
    operations = ("ContainerWait",)
    why = "the status and the body stay the same"


class TellTheImageOfAStage(Change):
    """A build tells the ID of the image that each stage made in a message with `aux`; before, the ID stood in the text
    only, shortened.
    """

    version = "1.30"
    operations = ("ImageBuild",)
    why = "clients pass by messages that they do not know"

    def lower(
        self, result: AsyncIterator[ProgressMessage], arguments: Mapping[str, object]
    ) -> AsyncIterator[ProgressMessage]:
        return _without_aux(result)


async def _without_aux(messages: AsyncIterator[ProgressMessage]) -> AsyncIterator[ProgressMessage]:
    try:
        async for message in messages:
            if message.aux is UNSET:
                yield message
    finally:
        close = getattr(messages, "aclose", None)
        if close is not None:
            await close()


class TellEventsOfTheSwarm(Change):
    """Events tell when services, nodes and secrets are made, changed and removed."""

    version = "1.30"
    operations = ("SystemEvents",)
    scope = Scope.RELEASE
    why = "whoever filters by type meets nothing new"
    path = "Type"


class TellRemovalOfSwarmNetworks(Change):
    """Events tell when a network of the swarm is removed."""

    version = "1.30"
    operations = ("SystemEvents",)
    scope = Scope.RELEASE
    why = "one event more"
    path = "Action"
