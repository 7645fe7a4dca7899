"""What v1.32 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change, Scope


class ShareIpcOnPurpose(Change):
    """`IpcMode` may be `private`, `shareable` or `none`, too: whether others may join a container's IPC namespace,
    or it has none.
    """

    version = "1.32"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    why = "what was accepted still is"
    path = "HostConfig.IpcMode"


class PreferIdsOfNetworks(Change):
    """If what is given is the ID of one network and the name of another, the former is meant."""

    version = "1.32"
    operations = ("NetworkDelete",)
    scope = Scope.RELEASE
    why = "names that look like IDs are rare"
