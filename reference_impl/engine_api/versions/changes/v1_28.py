"""What v1.28 changed in behaviour."""

from __future__ import annotations

import msgspec

from engine_api.api.containers import ContainerUpdateRequest
from engine_api.api.networks import NetworkSummary
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change, Effect


class SendBinaryMessages(Change):
    """What a process writes comes as binary messages of the websocket; before, as text messages, whatever the bytes
    were.
    """

    version = "1.28"
    operations = ("ContainerAttachWebsocket",)
    effect = Effect.BREAKING
    why = "a program in a browser gets its messages as blobs or buffers, and not as strings"


class UpdateNanoCpus(Change):
    """`NanoCpus` can be changed; before, it was ignored in an update."""

    version = "1.28"
    operations = ("ContainerUpdate",)
    path = "NanoCpus"
    why = "a client that sets it wants it changed"

    def lift(self, arguments: Arguments) -> None:
        update = arguments["update"]
        if isinstance(update, ContainerUpdateRequest):
            update.nano_cpus = UNSET


class LeaveContainersOutOfLists(Change):
    """`Containers` of the networks in a list is empty; before, it had the running containers, as it still has when one
    network is inspected.
    """

    version = "1.28"
    operations = ("NetworkList",)
    effect = Effect.BREAKING
    why = "a client that looks for a network's containers in the list finds none"
    path = "[].Containers"

    def hide(self, result: list[NetworkSummary]) -> list[NetworkSummary]:
        return [msgspec.structs.replace(network, containers={}) for network in result]
