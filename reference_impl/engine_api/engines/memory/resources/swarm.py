"""The swarm that the reference engine is not in: it answers as any engine outside a swarm does."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, Never

from engine_api.api.configs import Configs
from engine_api.api.errors import EngineError, InvalidParameter, NotImplementedByEngine, Unavailable
from engine_api.api.implementation import refusing
from engine_api.api.nodes import Nodes
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.struct import UnsetType
from engine_api.api.swarm import Swarm, SwarmInitRequest, SwarmJoinRequest
from engine_api.api.tasks import Tasks

__all__ = ["NO_MANAGER", "configs", "nodes", "secrets", "services", "swarm", "tasks"]

NO_MANAGER: Final = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm '
    "and try again."
)
"""What every operation of a swarm says outside one."""
_NO_NODE: Final = "This node is not part of a swarm"
_NO_STREAM: Final = "must specify at least one of 'stdout' or 'stderr'"
_NO_SWARM: Final = "this engine runs alone: it can neither make a swarm nor join one"

_INTERFACES: Final = frozenset(("lo", "eth0"))
_HOST_PORT: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(:[^:]*)?")


def _no_manager(operation: str) -> EngineError:
    return Unavailable(NO_MANAGER)


async def _init(self: object, config: SwarmInitRequest) -> Never:
    listen = _given("ListenAddr", config.listen_addr)
    if config.spec and config.spec.name and config.spec.name != "default":
        raise InvalidParameter('swarm spec must be named "default"')
    _check_listen(listen)
    if config.advertise_addr:
        _check_advertise(config.advertise_addr)
    raise NotImplementedByEngine(_NO_SWARM)


async def _join(self: object, config: SwarmJoinRequest) -> Never:
    listen = _given("ListenAddr", config.listen_addr)
    if not config.remote_addrs:
        raise InvalidParameter("at least 1 RemoteAddr is required to join")
    for address in config.remote_addrs:
        _given("remoteAddr", address)
    _check_listen(listen)
    if config.advertise_addr:
        _check_advertise(config.advertise_addr)
    raise NotImplementedByEngine(_NO_SWARM)


async def _leave(self: object, *, force: bool = False) -> Never:
    raise Unavailable(_NO_NODE)


async def _logs(self: object, id: str, *, stdout: bool = False, stderr: bool = False, **others: object) -> Never:
    if not (stdout or stderr):
        raise InvalidParameter(_NO_STREAM)
    raise Unavailable(NO_MANAGER)


def _given(name: str, address: str | UnsetType) -> str:
    """Return an address.

    Raises:
        InvalidParameter: the address is empty or absent.
    """
    if not address:
        raise InvalidParameter(f'invalid {name} "": invalid empty address')
    return address


def _check_listen(address: str) -> None:
    host = _HOST_PORT.fullmatch(address)
    if host is None:
        raise InvalidParameter(f"could not parse listen address {address}")
    if host[1] not in _INTERFACES and _ip(host[1]) is None:
        raise InvalidParameter("listen address must be an IP address or network interface (with optional port number)")


def _check_advertise(address: str) -> None:
    host = _HOST_PORT.fullmatch(address)
    found = _ip(host[1]) if host else None
    if not (host and host[1] in _INTERFACES) and (found is None or found.is_unspecified):
        raise InvalidParameter(
            "advertise address must be a non-zero IP address or network interface (with optional port number)"
        )


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


swarm: Swarm = refusing(Swarm, _no_manager, {"init": _init, "join": _join, "leave": _leave})
nodes: Nodes = refusing(Nodes, _no_manager)
services: Services = refusing(Services, _no_manager, {"logs": _logs})
tasks: Tasks = refusing(Tasks, _no_manager, {"logs": _logs})
secrets: Secrets = refusing(Secrets, _no_manager)
configs: Configs = refusing(Configs, _no_manager)
