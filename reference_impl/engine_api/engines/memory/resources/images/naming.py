"""Names of images: kept in the store, and published."""

from __future__ import annotations

from engine_api.api.errors import InvalidParameter
from engine_api.api.images import ErrorDetail, ProgressMessage
from engine_api.engines.memory.machine.clock import Clock
from engine_api.engines.memory.machine.events import EventBus
from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import Reference, parse_reference

__all__ = ["ImageNames", "failure", "new_name"]


class ImageNames:
    """Adds images and their names to a store, and publishes it.

    Args:
        store: the images.
        events: where it is published.
        clock: the time.
    """

    def __init__(self, *, store: ImageStore, events: EventBus, clock: Clock) -> None:
        self._store = store
        self._events = events
        self._clock = clock

    def keep(self, image: Image) -> Image:
        """Add an image without a name; return the one that the store has of its ID."""
        image = self._store.add(image)
        self.publish(image, "create", image.id)
        return image

    def name(self, image: Image, reference: Reference) -> None:
        """Give an image of the store a name, which leaves the image that had it."""
        self._store.tag(image, reference, self._clock.time_ns())
        self.publish(image, "tag", reference.familiar)

    def publish(self, image: Image, action: str, name: str, *, id: str | None = None) -> None:
        """Publish an event of an image.

        Args:
            image: the image.
            action: what happened, such as `pull`.
            name: the attribute `name` of the event.
            id: the actor's ID. Default: the image's.
        """
        labels = image.config.labels if isinstance(image.config.labels, dict) else {}
        self._events.publish("image", action, id or image.id, {**labels, "name": name})

    def publish_delete(self, image: Image) -> None:
        """Publish that an image was removed."""
        self._events.publish("image", "delete", image.id, {"name": image.id})

    def publish_prune(self, reclaimed: int) -> None:
        """Publish that unused images were removed, and how many bytes that reclaimed."""
        self._events.publish("image", "prune", "", {"reclaimed": str(reclaimed)})


def new_name(repo: str, tag: str | None) -> Reference:
    """The reference that a repository and a tag make.

    Raises:
        InvalidParameter: they make none that an image can be named by.
    """
    reference = parse_reference(repo)
    if reference.digest:
        raise InvalidParameter("cannot import digest reference")
    if tag:
        try:
            reference = parse_reference(f"{reference.familiar_name}:{tag}")
        except InvalidParameter:
            raise InvalidParameter("invalid tag format") from None
    if reference.familiar_name == "sha256":
        raise InvalidParameter("refusing to create an ambiguous tag using digest algorithm as name")
    return reference.tagged()


def failure(text: str) -> ProgressMessage:
    """Return the message that ends a stream with an error."""
    return ProgressMessage(error=text, error_detail=ErrorDetail(message=text))
