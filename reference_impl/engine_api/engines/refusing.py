"""Resources whose every operation is refused, such as those that an engine does not have, and an engine of such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine_api.api.builder import Builder
from engine_api.api.configs import Configs
from engine_api.api.containers import Containers
from engine_api.api.distribution import Distribution
from engine_api.api.errors import EngineError, NotImplementedByEngine
from engine_api.api.exec import Exec
from engine_api.api.images import Images
from engine_api.api.networks import Networks
from engine_api.api.nodes import Nodes
from engine_api.api.operation import Operation
from engine_api.api.plugins import Plugins
from engine_api.api.secrets import Secrets
from engine_api.api.services import Services
from engine_api.api.session import Session
from engine_api.api.swarm import Swarm
from engine_api.api.system import System
from engine_api.api.tasks import Tasks
from engine_api.api.volumes import Volumes

__all__ = ["RefusingEngine", "not_had", "refusing"]


def not_had(operation: str) -> EngineError:
    """What an engine says of an operation that it does not have.

    Args:
        operation: the operation's id.
    """
    return NotImplementedByEngine(f"this engine does not have the operation {operation}")


def refusing(
    protocol: type[Any],
    refusal: Callable[[str], EngineError] = not_had,
    own: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """An implementation of a resource's Protocol whose every operation is refused.

    Args:
        protocol: the Protocol, such as `Plugins`.
        refusal: what is raised, by the operation's id.
        own: methods by name that do something else.
    """
    found: dict[str, Any] = {}
    for name, method in vars(protocol).items():
        declared = getattr(method, "__operation__", None)
        if isinstance(declared, Operation):
            found[name] = _refuse(declared.id, refusal)
    return type(f"Refusing{protocol.__name__}", (), {**found, **(own or {})})()


def _refuse(operation: str, refusal: Callable[[str], EngineError]) -> Any:
    async def refuse(*_: Any, **__: Any) -> None:
        raise refusal(operation)

    return refuse


class RefusingEngine:
    """An engine that refuses every operation with 501: a beginning for one of your own, which puts its resources in.

    The server asks every engine for `ping` and `version` of its `system`, so these are the first to be put in.
    """

    system: System = refusing(System)
    containers: Containers = refusing(Containers)
    exec: Exec = refusing(Exec)
    images: Images = refusing(Images)
    builder: Builder = refusing(Builder)
    distribution: Distribution = refusing(Distribution)
    networks: Networks = refusing(Networks)
    volumes: Volumes = refusing(Volumes)
    plugins: Plugins = refusing(Plugins)
    session: Session = refusing(Session)
    swarm: Swarm = refusing(Swarm)
    nodes: Nodes = refusing(Nodes)
    services: Services = refusing(Services)
    tasks: Tasks = refusing(Tasks)
    secrets: Secrets = refusing(Secrets)
    configs: Configs = refusing(Configs)
