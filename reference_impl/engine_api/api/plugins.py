"""Plugins: programs that give the engine further drivers."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator
from typing import Annotated, Protocol

from msgspec import field

from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound
from engine_api.api.filters import FilterKeys, Filters
from engine_api.api.images import AuthConfig, ProgressMessage
from engine_api.api.operation import operation
from engine_api.api.streams import ByteStream
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import Deprecated, OneOf, Since, Until, Value

__all__ = [
    "Plugin",
    "PluginArgs",
    "PluginConfig",
    "PluginDevice",
    "PluginEnv",
    "PluginInterface",
    "PluginLinux",
    "PluginManifest",
    "PluginMount",
    "PluginNetwork",
    "PluginPrivilege",
    "PluginRootFS",
    "PluginSettings",
    "PluginUser",
    "Plugins",
]


class PluginMount(ApiStruct):
    """A mount that a plugin gets."""

    name: str | UnsetType = UNSET
    """The name by which it is set."""
    description: str | UnsetType = UNSET
    """What it is for."""
    settable: list[str] | None | UnsetType = UNSET
    """What of it a user may set, such as `source`."""
    source: str | None | UnsetType = UNSET
    """The path on the host."""
    destination: str | UnsetType = UNSET
    """The path in the plugin."""
    type: str | UnsetType = UNSET
    """What is mounted, such as `bind`."""
    options: list[str] | None | UnsetType = UNSET
    """Mount options, such as `rbind`."""


class PluginEnv(ApiStruct):
    """An environment variable of a plugin."""

    name: str | UnsetType = UNSET
    """Its name."""
    description: str | UnsetType = UNSET
    """What it is for."""
    settable: list[str] | None | UnsetType = UNSET
    """What of it a user may set: `value`."""
    value: str | None | UnsetType = UNSET
    """Its value, unless it is set."""


class PluginDevice(ApiStruct):
    """A device that a plugin gets."""

    name: str | UnsetType = UNSET
    """The name by which it is set."""
    description: str | UnsetType = UNSET
    """What it is for."""
    settable: list[str] | None | UnsetType = UNSET
    """What of it a user may set: `path`."""
    path: str | None | UnsetType = UNSET
    """Its path on the host."""


class PluginArgs(ApiStruct):
    """The arguments of a plugin's program."""

    name: str | UnsetType = UNSET
    """The name by which they are set."""
    description: str | UnsetType = UNSET
    """What they are for."""
    settable: list[str] | None | UnsetType = UNSET
    """What of them a user may set: `value`."""
    value: list[str] | None | UnsetType = UNSET
    """The arguments, unless they are set."""


class PluginSettings(ApiStruct):
    """What a plugin runs with."""

    mounts: list[PluginMount] | None | UnsetType = UNSET
    """Its mounts."""
    env: list[str] | None | UnsetType = UNSET
    """Its environment variables: `NAME=VALUE`."""
    args: list[str] | None | UnsetType = UNSET
    """The arguments of its program."""
    devices: list[PluginDevice] | None | UnsetType = UNSET
    """Its devices."""


class PluginInterface(ApiStruct):
    """How the engine and a plugin speak."""

    types: list[str] | None | UnsetType = UNSET
    """What the plugin can be, such as `docker.volumedriver/1.0`."""
    socket: str | UnsetType = UNSET
    """The name of its socket below `/run/docker/plugins`."""
    protocol_scheme: Annotated[str | UnsetType, Since("1.38"), OneOf("", "moby.plugins.http/v1")] = UNSET
    """What is spoken on it; empty or absent for the usual."""


class PluginUser(ApiStruct):
    """The user of a plugin's program."""

    uid: int | UnsetType = field(default=UNSET, name="UID")
    """The user's number. Default: 0."""
    gid: int | UnsetType = field(default=UNSET, name="GID")
    """The group's number. Default: 0."""


class PluginNetwork(ApiStruct):
    """The network of a plugin."""

    type: str | UnsetType = UNSET
    """`bridge`, `host` or `none`."""


class PluginLinux(ApiStruct):
    """What the program may do on Linux."""

    capabilities: list[str] | None | UnsetType = UNSET
    """Capabilities that it gets, such as `CAP_SYS_ADMIN`."""
    allow_all_devices: bool | UnsetType = UNSET
    """Whether it may use every device of the host."""
    devices: list[PluginDevice] | None | UnsetType = UNSET
    """Devices that it gets."""


class PluginRootFS(ApiStruct, rename="lower"):
    """The file system of a plugin."""

    type: str | UnsetType = UNSET
    """`layers`."""
    diff_ids: list[str] | None | UnsetType = UNSET
    """The digests of the unpacked layers, lowest first."""


class PluginConfig(ApiStruct):
    """What a plugin is made of, and what it needs."""

    docker_version: Annotated[str | UnsetType, Since("1.29"), Until("1.51"), Deprecated("1.51")] = UNSET
    """The engine that made it; newer engines leave it out."""
    description: str | UnsetType = UNSET
    """What it is for."""
    documentation: str | UnsetType = UNSET
    """Address of further documentation."""
    interface: PluginInterface | UnsetType = UNSET
    """How the engine speaks with it."""
    entrypoint: list[str] | None | UnsetType = UNSET
    """Its program, with arguments."""
    work_dir: str | UnsetType = UNSET
    """The directory in which it starts."""
    user: PluginUser | UnsetType = UNSET
    """The user."""
    network: PluginNetwork | UnsetType = UNSET
    """Its network."""
    linux: PluginLinux | UnsetType = UNSET
    """What it may do on Linux."""
    propagated_mount: str | UnsetType = UNSET
    """A path in the plugin whose mounts the host sees; empty for none."""
    ipc_host: Annotated[bool | UnsetType, Since("1.29")] = UNSET
    """Whether it shares the host's IPC namespace."""
    pid_host: Annotated[bool | UnsetType, Since("1.29")] = UNSET
    """Whether it sees the host's processes."""
    mounts: list[PluginMount] | None | UnsetType = UNSET
    """Its mounts."""
    env: list[PluginEnv] | None | UnsetType = UNSET
    """Its environment variables."""
    args: PluginArgs | UnsetType = UNSET
    """The arguments of its program."""
    rootfs: PluginRootFS | None | UnsetType = field(default=UNSET, name="rootfs")
    """Its file system."""


class PluginManifest(ApiStruct):
    """What a plugin was made of, in the form of engine 1.12, which alone sent it."""

    manifest_version: str | UnsetType = UNSET
    """The form's version: `v0`."""
    description: str | UnsetType = UNSET
    """What it is for."""
    documentation: str | UnsetType = UNSET
    """Address of further documentation."""
    interface: PluginInterface | UnsetType = UNSET
    """How the engine speaks with it."""
    entrypoint: list[str] | None | UnsetType = UNSET
    """Its program, with arguments."""
    workdir: str | UnsetType = UNSET
    """The directory in which it starts."""
    user: PluginUser | UnsetType = UNSET
    """The user."""
    network: PluginNetwork | UnsetType = UNSET
    """Its network."""
    capabilities: list[str] | None | UnsetType = UNSET
    """Capabilities that it gets."""
    mounts: list[PluginMount] | None | UnsetType = UNSET
    """Its mounts."""
    devices: list[PluginDevice] | None | UnsetType = UNSET
    """Its devices."""
    env: list[PluginEnv] | None | UnsetType = UNSET
    """Its environment variables."""
    args: PluginArgs | UnsetType = UNSET
    """The arguments of its program."""


class Plugin(ApiStruct):
    """A plugin that the engine has."""

    id: str | UnsetType = UNSET
    """Its ID."""
    name: str | UnsetType = UNSET
    """Its name, with a tag."""
    tag: Annotated[str | UnsetType, Until("1.24")] = UNSET
    """Its tag; only engine 1.12 sent it."""
    active: Annotated[bool | UnsetType, Until("1.24")] = UNSET
    """Whether it runs; only engine 1.12 sent it, see `Enabled`."""
    enabled: Annotated[bool | UnsetType, Since("1.25")] = UNSET
    """Whether it runs."""
    settings: Annotated[PluginSettings | UnsetType, Since("1.25")] = UNSET
    """What it runs with."""
    plugin_reference: Annotated[str | UnsetType, Since("1.26")] = UNSET
    """The reference that it was pulled by."""
    config: PluginConfig | UnsetType = UNSET
    """What it is made of, and what it needs."""
    manifest: Annotated[PluginManifest | UnsetType, Until("1.24")] = UNSET
    """The same in an older form; only engine 1.12 sent it, see `Config`."""


class PluginPrivilege(ApiStruct):
    """Something beyond the usual that a plugin wants to do."""

    name: str | UnsetType = UNSET
    """What: `network`, `host ipc namespace`, `host pid namespace`, `mount`, `device`, `allow-all-devices`,
    `capabilities`.
    """
    description: str | UnsetType = UNSET
    """What that means, for people."""
    value: list[str] | None | UnsetType = UNSET
    """Which ones, such as `host` or paths."""


class Plugins(Protocol):
    """Plugins: programs that give the engine further drivers."""

    @operation(
        "PluginList",
        changes=False,
        errors={
            InvalidParameter: ("a filter is malformed or unknown", "1.28", None),
            InternalError: "the engine failed",
        },
    )
    async def list(
        self,
        *,
        filters: Annotated[
            Filters | None,
            Since("1.28"),
            FilterKeys(
                Value("capability", "it can be this, such as `volumedriver`"),
                Value("enabled", "`true`: it runs; `false`: it does not"),
            ),
        ] = None,
    ) -> builtins.list[Plugin]:
        """List plugins.

        Args:
            filters: which of them.
        """
        ...

    @operation(
        "GetPluginPrivileges",
        changes=False,
        since="1.25",
        errors={InternalError: "the reference is malformed, or the registry failed"},
    )
    async def privileges(
        self, *, remote: str, name: Annotated[str | None, Until("1.26")] = None
    ) -> builtins.list[PluginPrivilege]:
        """Ask a registry what a plugin wants to do beyond the usual.

        Args:
            remote: the plugin's reference. Engines that serve v1.25 and v1.26 today read it there too.
            name: the same for engine 1.13.
        """
        ...

    @operation(
        "PluginPull",
        changes=True,
        errors={
            InvalidParameter: "the body is malformed",
            Conflict: "the name is taken",
            InternalError: "a reference is malformed, or the registry failed",
        },
    )
    async def pull(
        self,
        privileges: Annotated[builtins.list[PluginPrivilege] | None, Since("1.25")] = None,
        *,
        remote: Annotated[str, Since("1.25")] = "",
        name: str | None = None,
        registry_auth: Annotated[AuthConfig | None, Since("1.25")] = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Install a plugin from a registry. It is not enabled yet.

        Args:
            privileges: what it may do beyond the usual; it must be all that it wants.
            remote: the plugin's reference. It must be given.
            name: the name that it gets here; default: its reference. Until v1.24 the reference itself.
            registry_auth: credentials for the registry.
        """
        ...

    @operation(
        "PluginUpgrade",
        changes=True,
        since="1.26",
        errors={
            InvalidParameter: "the body is malformed",
            NotFound: "there is no such plugin",
            Conflict: "the plugin is enabled",
            InternalError: "a reference is malformed, or the registry failed",
        },
    )
    async def upgrade(
        self,
        name: str,
        privileges: builtins.list[PluginPrivilege] | None = None,
        *,
        remote: str,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        """Replace a plugin by another version of it, with the settings that it has.

        Args:
            name: its name; without a tag, `latest`.
            privileges: what it may do beyond the usual; it must be all that it wants.
            remote: the reference of the other version.
            registry_auth: credentials for the registry.
        """
        ...

    @operation(
        "PluginCreate",
        changes=True,
        since="1.25",
        errors={
            Conflict: "the name is taken",
            InternalError: "the name or the archive is malformed",
        },
    )
    async def create(self, archive: ByteStream, *, name: str) -> None:
        """Make a plugin from an archive with its `config.json` and its file system in `rootfs`.

        Args:
            archive: the tar archive.
            name: its name; without a tag, `latest`.
        """
        ...

    @operation(
        "PluginInspect",
        changes=False,
        since="1.25",
        errors={NotFound: "there is no such plugin", InternalError: "the engine failed"},
    )
    async def inspect(self, name: str) -> Plugin:
        """Return a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
        """
        ...

    @operation(
        "PluginInspectV124",
        changes=False,
        until="1.24",
        errors={
            NotFound: "there is no such plugin",
        },
    )
    async def inspect_v1_24(self, name: str) -> Plugin:
        """Return a plugin, by the path of engine 1.12. Newer engines do not have this path in any version.

        Args:
            name: its name.
        """
        ...

    @operation(
        "PluginDelete",
        changes=True,
        errors={
            NotFound: "there is no such plugin",
            Conflict: "it is enabled or in use",
            InternalError: "the engine failed",
        },
    )
    async def delete(self, name: str, *, force: Annotated[bool, Since("1.25")] = False) -> None:
        """Remove a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            force: also if it is enabled.
        """
        ...

    @operation(
        "PluginEnable",
        changes=True,
        errors={
            NotFound: "there is no such plugin",
            Conflict: "it is enabled",
            InternalError: "the timeout is no number, or the plugin does not start",
        },
    )
    async def enable(self, name: str, *, timeout: int) -> None:
        """Start a plugin, so that its drivers can be used.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            timeout: seconds to wait for it to answer; 0 for as long as it takes. It must be given.
        """
        ...

    @operation(
        "PluginDisable",
        changes=True,
        errors={
            NotFound: "there is no such plugin",
            Conflict: "it is not enabled, or in use",
            InternalError: "the engine failed",
        },
    )
    async def disable(self, name: str, *, force: Annotated[bool, Since("1.28")] = False) -> None:
        """Stop a plugin.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            force: also if it is in use.
        """
        ...

    @operation(
        "PluginSet",
        changes=True,
        since="1.25",
        errors={
            InvalidParameter: "the body is malformed",
            NotFound: "there is no such plugin",
            Conflict: "it is enabled",
            InternalError: "a setting is unknown, or may not be set",
        },
    )
    async def set(self, name: str, settings: builtins.list[str]) -> None:
        """Set what a plugin runs with.

        Args:
            name: its name, its ID, or a unique prefix of it; without a tag, `latest`.
            settings: such as `DEBUG=1` for an environment variable, or `NAME.source=/PATH` for a mount.
        """
        ...

    @operation(
        "PluginPush",
        changes=True,
        since="1.25",
        errors={NotFound: "there is no such plugin", InternalError: "the registry failed"},
    )
    async def push(self, name: str, *, registry_auth: AuthConfig | None = None) -> AsyncIterator[ProgressMessage]:
        """Put a plugin into a registry.

        Args:
            name: its name, which says which registry; without a tag, `latest`.
            registry_auth: credentials for the registry.
        """
        ...
