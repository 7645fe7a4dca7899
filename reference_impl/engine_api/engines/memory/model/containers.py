"""The containers of an engine, found by ID, name, label, image, volume and exec."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine_api.api.errors import InvalidParameter, NotFound
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.execs import ExecProcess
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.volumes import MemoryVolume

__all__ = ["ContainerEvents", "ContainerStore"]


class ContainerStore:
    """Containers, with an index for each question that is asked of all of them."""

    def __init__(self) -> None:
        self._by_id: dict[str, Container] = {}
        self._by_name: dict[str, Container] = {}
        self._by_image: defaultdict[str, dict[str, Container]] = defaultdict(dict)
        self._by_volume: defaultdict[str, dict[str, Container]] = defaultdict(dict)
        self._by_label: defaultdict[str, dict[str, Container]] = defaultdict(dict)
        self._by_exec: dict[str, Container] = {}
        self._linking: dict[str, Container] = {}
        self.created = 0
        """How many containers were created since the engine began."""

    def __iter__(self) -> Iterator[Container]:
        return iter(tuple(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._by_id

    def get(self, identifier: str) -> Container | None:
        """Return the container of a full ID, or None."""
        return self._by_id.get(identifier)

    def find(self, text: str) -> Container:
        """Return the container of an ID, a name, or a unique prefix of an ID.

        Raises:
            NotFound: no container matches.
            InvalidParameter: the text is empty, or several containers have the prefix.
        """
        if not text:
            raise InvalidParameter('invalid name or ID supplied: ""')
        found = self._by_id.get(text) or self._by_name.get(text.removeprefix("/"))
        if found is not None:
            return found
        matches = [container for key, container in self._by_id.items() if key.startswith(text)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise InvalidParameter(f"multiple IDs found with provided prefix: {text}")
        raise NotFound(f"No such container: {text}")

    def named(self, name: str) -> Container | None:
        """Return the container of a name without a slash in front, or None."""
        return self._by_name.get(name)

    def using_image(self, image: Image) -> list[Container]:
        """Return the containers that were created from an image, oldest first."""
        return [one for one in self._by_image.get(image.id, {}).values() if one.image is image]

    def using_volume(self, volume: MemoryVolume) -> list[Container]:
        """Return the containers that mount a volume, running or not, oldest first."""
        users = self._by_volume.get(volume.name, {}).values()
        return [one for one in users if any(mount.volume is volume for mount in one.mounts)]

    def labelled(self, name: str) -> list[Container]:
        """Return the containers that have a label of this name, oldest first."""
        return list(self._by_label.get(name, {}).values())

    def linking(self) -> list[Container]:
        """Return the containers that have links to others, oldest first."""
        return list(self._linking.values())

    def find_exec(self, identifier: str) -> tuple[Container, ExecProcess]:
        """Return the exec instance of an ID, and its container.

        Raises:
            NotFound: no exec instance has that ID.
        """
        container = self._by_exec.get(identifier)
        if container is None:
            raise NotFound(f"No such exec instance: {identifier}")
        return container, container.execs[identifier]

    def add(self, container: Container) -> None:
        """Add a container."""
        self._by_id[container.id] = container
        self._by_name[container.name] = container
        for index in self._indexes(container):
            index[container.id] = container

    def remove(self, container: Container) -> None:
        """Remove a container; no effect if it is not here."""
        self._by_id.pop(container.id, None)
        if self._by_name.get(container.name) is container:
            del self._by_name[container.name]
        for index in self._indexes(container):
            index.pop(container.id, None)
        self.remove_execs(container)

    def _indexes(self, container: Container) -> Iterator[dict[str, Container]]:
        yield self._by_image[container.image.id]
        for mount in container.mounts:
            if mount.volume is not None:
                yield self._by_volume[mount.volume.name]
        for name in container.labels:
            yield self._by_label[name]
        if container.host.links:
            yield self._linking

    def rename(self, container: Container, name: str) -> None:
        """Give a container another name, which no container has."""
        del self._by_name[container.name]
        self._by_name[name] = container
        container.renamed(name)

    def add_exec(self, container: Container, process: ExecProcess) -> None:
        """Add an exec instance to a container."""
        container.execs[process.id] = process
        self._by_exec[process.id] = container

    def remove_execs(self, container: Container) -> None:
        """Remove the exec instances of a container, whose processes have ended."""
        for identifier in container.execs:
            self._by_exec.pop(identifier, None)
        container.execs.clear()

    def chain_ids(self) -> set[str]:
        """Return the IDs of all layers that containers stand on."""
        return {chain for container in self._by_id.values() for chain in container.image.chain_ids}


class ContainerEvents:
    """Publishes the events of containers.

    Args:
        bus: where they are published.
    """

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def publish(self, container: Container, action: str, **attributes: str) -> None:
        """Publish an event of a container.

        Args:
            container: the container.
            action: what happened, such as `start`.
            attributes: attributes of the action, besides labels, image and name.
        """
        own = {**container.labels, "image": container.image_name, "name": container.name, **attributes}
        self._bus.publish("container", action, container.id, own)

    def publish_prune(self, reclaimed: int) -> None:
        """Publish that stopped containers were removed, and how many bytes that reclaimed."""
        self._bus.publish("container", "prune", "", {"reclaimed": str(reclaimed)})
