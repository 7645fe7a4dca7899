"""What goes when an image is removed: names, layers, and the images that it was made on."""

from __future__ import annotations

from engine_api.api.errors import Conflict
from engine_api.api.images import ImageDeleteResponseItem
from engine_api.engines.memory.model.container import Container
from engine_api.engines.memory.model.containers import ContainerStore
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.resources.images.naming import ImageNames

__all__ = ["Removal"]


class Removal:
    """The removal of one name or image.

    Args:
        store: the images.
        names: where it is published.
        containers: the containers that need images.
    """

    def __init__(self, *, store: ImageStore, names: ImageNames, containers: ContainerStore) -> None:
        self._store = store
        self._names = names
        self._containers = containers
        self.done: list[ImageDeleteResponseItem] = []
        """What went, in order."""

    def remove(self, name: str, *, force: bool, prune: bool) -> list[ImageDeleteResponseItem]:
        """Remove a name, or an image with all its names; gives what went.

        Args:
            name: the name or the ID.
            force: whether names and containers that do not run count as no need.
            prune: whether the nameless images go that it was made on.

        Raises:
            Conflict: it is needed.
            NotFound: there is none.
        """
        image, reference = self._store.find(name)
        if reference is not None:
            users = self._users(image)
            if users and not force and _of_one_name(image):
                user = next((c for c in users if c.state.running), users[0])
                raise Conflict(
                    f'conflict: unable to remove repository reference "{name}" (must force) - container '
                    f"{user.id[:12]} is using its referenced image {image.short}"
                )
            self._untag(image, reference)
            if image.references or image.digests:
                return self.done
        elif _of_one_name(image):
            self._check_unused(image, force=force, named=True)
            for known in image.names:
                self._untag(image, known)
        self._remove(image, force=force, prune=prune, quiet=reference is not None)
        return self.done

    def _users(self, image: Image) -> list[Container]:
        return self._containers.using_image(image)

    def _untag(self, image: Image, reference: Reference) -> None:
        """Take a name away, and with the last tag of a repository its digests."""
        gone = [reference]
        if not reference.digest:
            left = {(known.host, known.path) for known in image.references if known != reference}
            if (reference.host, reference.path) not in left:
                gone += [d for d in image.digests if (d.host, d.path) == (reference.host, reference.path)]
        had = self._store.untag(image, gone)
        self.done += [ImageDeleteResponseItem(untagged=known.familiar) for known in gone if known in had]
        if had:
            self._names.publish(image, "untag", image.id)

    def _check_unused(self, image: Image, *, force: bool, named: bool = False) -> None:
        """Refuse to remove an image that is needed.

        Args:
            image: the image.
            force: whether names and containers that do not run count as no need.
            named: whether its names count as no need.

        Raises:
            Conflict: it is needed.
        """
        cannot = f"conflict: unable to delete {image.short} (cannot be forced) - image"
        if self._store.children(image):
            raise Conflict(f"{cannot} has dependent child images")
        users = self._users(image)
        running = next((c for c in users if c.state.running), None)
        if running is not None:
            raise Conflict(f"{cannot} is being used by running container {running.id[:12]}")
        if force:
            return
        must = f"conflict: unable to delete {image.short} (must be forced) - image"
        if not named and (image.references or image.digests):
            raise Conflict(f"{must} is referenced in multiple repositories")
        if users:
            raise Conflict(f"{must} is being used by stopped container {users[0].id[:12]}")

    def _remove(self, image: Image, *, force: bool, prune: bool, quiet: bool) -> None:
        """Remove an image with the layers that nothing else needs, and then the nameless ones that it was made on."""
        try:
            self._check_unused(image, force=force)
        except Conflict:
            needed = bool(image.references or image.digests or self._store.children(image))
            if quiet and (needed or self._users(image)):
                return
            raise
        for known in image.names:
            self._untag(image, known)
        self._store.remove(image)
        self._names.publish_delete(image)
        self.done.append(ImageDeleteResponseItem(deleted=image.id))
        kept = self._store.chain_ids() | self._containers.chain_ids()
        self.done += [
            ImageDeleteResponseItem(deleted=chain) for chain in reversed(image.chain_ids) if chain not in kept
        ]
        parent = self._store.get(image.parent)
        if prune and parent is not None:
            self._remove(parent, force=False, prune=True, quiet=True)


def _of_one_name(image: Image) -> bool:
    """Whether an image has one tag at most, and all its names are of one repository."""
    names = {(known.host, known.path) for known in (*image.references, *image.digests)}
    return len(image.references) <= 1 and len(names) <= 1
