"""Plugins: the reference engine has none, and cannot run any."""

from __future__ import annotations

import builtins
import io
import json
import tarfile
from collections.abc import AsyncIterator, Sequence
from typing import Final

from engine_api.api.errors import InternalError, InvalidParameter, NotFound, NotImplementedByEngine
from engine_api.api.filters import Filters
from engine_api.api.images import AuthConfig, ProgressMessage
from engine_api.api.plugins import Plugin, PluginPrivilege, Plugins
from engine_api.api.streams import ByteStream
from engine_api.engines.memory.model.references import parse_reference
from engine_api.engines.memory.resources.filters import check_keys

__all__ = ["MemoryPlugins"]

_BOOLEANS: Final = ("1", "true", "0", "false")
_NO_PLUGINS: Final = "this engine cannot run plugins"


class MemoryPlugins(Plugins):
    """An engine's plugins, of which there are none."""

    async def list(self, *, filters: Filters | None = None) -> builtins.list[Plugin]:
        found = check_keys(filters, ("capability", "enabled"))
        enabled = found.get("enabled", ["true"])
        if len(enabled) != 1 or enabled[0] not in _BOOLEANS:
            raise InvalidParameter(f"invalid filter 'enabled=[{' '.join(enabled)}]'")
        return []

    async def privileges(self, *, remote: str, name: str | None = None) -> builtins.list[PluginPrivilege]:
        # What a registry does not have wants to do nothing; so does all else that goes wrong there.
        parse_reference(remote)
        return []

    async def pull(
        self,
        privileges: builtins.list[PluginPrivilege] | None = None,
        *,
        remote: str = "",
        name: str | None = None,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        parse_reference(remote)
        if name and parse_reference(name).digest:
            raise InternalError("cannot use digest in plugin tag")
        raise NotImplementedByEngine(_NO_PLUGINS)

    async def upgrade(
        self,
        name: str,
        privileges: builtins.list[PluginPrivilege] | None = None,
        *,
        remote: str,
        registry_auth: AuthConfig | None = None,
    ) -> AsyncIterator[ProgressMessage]:
        parse_reference(remote)
        raise _missing(parse_reference(name).tagged().familiar)

    async def create(self, archive: ByteStream, *, name: str) -> None:
        try:
            reference = parse_reference(name)
        except InvalidParameter as error:
            raise InternalError(f"failed to parse reference {name}: {error.message}") from None
        if reference.digest:
            raise InternalError("canonical references are not permitted")
        _check_archive(b"".join([piece async for piece in archive]))
        raise NotImplementedByEngine(_NO_PLUGINS)

    async def inspect(self, name: str) -> Plugin:
        raise _missing(name)

    async def inspect_v1_24(self, name: str) -> Plugin:
        raise NotFound("page not found")

    async def delete(self, name: str, *, force: bool = False) -> None:
        raise _missing(name)

    async def enable(self, name: str, *, timeout: int) -> None:
        raise _missing(name)

    async def disable(self, name: str, *, force: bool = False) -> None:
        raise _missing(name)

    async def set(self, name: str, settings: Sequence[str]) -> None:
        raise _missing(name)

    async def push(self, name: str, *, registry_auth: AuthConfig | None = None) -> AsyncIterator[ProgressMessage]:
        raise _missing(name)


def _missing(name: str) -> NotFound:
    return NotFound(f'plugin "{name}" not found')


def _check_archive(archive: bytes) -> None:
    """Refuse what no plugin can be made of."""
    if not archive:
        raise InternalError("config not found")
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            found = next((entry for entry in tar if entry.name.removeprefix("./") == "config.json"), None)
            stream = tar.extractfile(found) if found is not None else None
            config = stream.read() if stream is not None else None
    except tarfile.TarError:
        raise InternalError("failed to read from tar: unexpected EOF") from None
    if config is None:
        raise InternalError("config not found")
    try:
        json.loads(config)
    except (ValueError, RecursionError):
        raise InternalError("failed to parse config: unexpected end of JSON input") from None
