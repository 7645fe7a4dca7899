"""Which containers a request for a list is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import PortBinding
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.images import ImageStore
from engine_api.engines.memory.model.mounts import ContainerMount
from engine_api.engines.memory.resources.filters import boolean, labels_match, name_matches, port_numbers

__all__ = ["FILTERS", "check_states", "container_filter"]

FILTERS: Final = frozenset(
    (
        "ancestor",
        "annotation",
        "before",
        "exited",
        "expose",
        "health",
        "id",
        "is-task",
        "isolation",
        "label",
        "name",
        "network",
        "publish",
        "since",
        "status",
        "volume",
    )
)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_HEALTH: Final = ("none", "starting", "healthy", "unhealthy")
_STATES: Final = ("created", "running", "paused", "restarting", "removing", "exited", "dead")


def check_states(states: Sequence[str]) -> None:
    """Refuse a state that containers are never in.

    Raises:
        InvalidParameter: there is such a one.
    """
    for state in states:
        if state not in _STATES:
            known = ", ".join(_STATES)
            raise InvalidParameter(
                f"invalid filter 'status={state}': invalid value for state ({state}): must be one of {known}"
            )


def container_filter(
    containers: ContainerStore, images: ImageStore, wanted: Mapping[str, list[str]]
) -> Callable[[Container], bool]:
    """Return a function that says whether the filters select a container.

    Raises:
        InvalidParameter: a value makes no sense, or several containers are meant by one.
        NotFound: one names a container that is not there.
    """
    for code in wanted.get("exited", ()):
        if not _NUMBER.fullmatch(code):
            raise InvalidParameter(f"invalid filter 'exited={code}': strconv.Atoi: parsing \"{code}\": invalid syntax")
    for health in wanted.get("health", ()):
        if health not in _HEALTH:
            raise InvalidParameter(
                f"invalid filter 'health={health}': invalid value for health ({health}): must be one of "
                + ", ".join(_HEALTH)
            )
    after = [containers.find(text).order for text in wanted.get("since", ())]
    until = [containers.find(text).order for text in wanted.get("before", ())]
    exposed = port_numbers("expose", wanted.get("expose", ()))
    published = port_numbers("publish", wanted.get("publish", ()))
    if "is-task" in wanted:
        boolean("is-task", wanted["is-task"])
    made_from = set()
    for text in wanted.get("ancestor", ()):
        image = images.lookup(text)
        if image is not None:
            made_from.add(image.id)

    oldest, newest = max(after, default=0), min(until, default=1 << 60)

    def fits(container: Container) -> bool:
        return (
            oldest < container.order < newest
            and labels_match(wanted.get("label", ()), container.config.labels or {})
            and labels_match(wanted.get("annotation", ()), container.host.annotations or {})
            and ("name" not in wanted or name_matches(wanted["name"], container.name))
            and ("id" not in wanted or any(container.id.startswith(i) for i in wanted["id"]))
            and ("status" not in wanted or container.state.status in wanted["status"])
            and (
                "exited" not in wanted
                or (
                    not container.state.running
                    and container.state.started_at is not None
                    and container.state.exit_code in map(int, wanted["exited"])
                )
            )
            and ("ancestor" not in wanted or container.image.id in made_from)
            and ("health" not in wanted or container.health.status in wanted["health"])
            and ("network" not in wanted or _in_networks(container, wanted["network"]))
            and ("volume" not in wanted or any(_mounts(mount, wanted["volume"]) for mount in container.mounts))
            and ("expose" not in wanted or not exposed.isdisjoint(_exposed(container.network.ports)))
            and ("publish" not in wanted or not published.isdisjoint(_published(container.network.ports)))
            and ("is-task" not in wanted or not boolean("is-task", wanted["is-task"]))
        )

    return fits


def _mounts(mount: ContainerMount, wanted: list[str]) -> bool:
    """Whether a mount is of one of the volumes, or at one of the paths."""
    return mount.target in wanted or (mount.volume is not None and mount.volume.name in wanted)


def _in_networks(container: Container, wanted: list[str]) -> bool:
    ids = [str(endpoint.network_id) for endpoint in container.endpoints.values()]
    return any(text in container.endpoints or any(known.startswith(text) for known in ids if known) for text in wanted)


def _exposed(ports: Mapping[str, object]) -> set[tuple[int, str]]:
    """Open ports inside, with their protocols."""
    return {(int(number), protocol) for number, _, protocol in (name.partition("/") for name in ports)}


def _published(ports: Mapping[str, list[PortBinding] | None]) -> set[tuple[int, str]]:
    """Forwarded ports of the host, with their protocols."""
    return {
        (int(str(one.host_port)), name.partition("/")[2])
        for name, bindings in ports.items()
        for one in bindings or ()
        if one.host_port
    }
