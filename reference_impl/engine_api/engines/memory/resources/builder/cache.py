"""The results of earlier builds: images that were made on the same image by the same instruction."""

from __future__ import annotations

from collections.abc import Sequence

from engine_api.api.containers import ContainerConfig
from engine_api.api.errors import EngineError
from engine_api.engines.memory.model.images import Image, ImageStore

__all__ = ["Cache"]


class Cache:
    """Finds results.

    Args:
        store: the images.
        sources: references of images, if only what they were made of counts; those that are not there are passed over.
    """

    def __init__(self, store: ImageStore, sources: Sequence[str] = ()) -> None:
        self._store = store
        self._sources: list[Image] | None = None
        if sources:
            self._sources = []
            for text in sources:
                try:
                    self._sources.append(store.find(text)[0])
                except EngineError:
                    continue

    def find(self, parent: Image | None, config: ContainerConfig) -> Image | None:
        """The newest image that was made on another one by a container of a configuration; None if there is none."""
        found = [
            image for image in self._store.children(parent) if image.container_config == config and self._counts(image)
        ]
        if found:
            return max(found, key=lambda image: image.created)
        return self._by_history(parent, config)

    def _counts(self, image: Image) -> bool:
        return self._sources is None or any(self._is_above(image, source) for source in self._sources)

    def _is_above(self, image: Image, source: Image) -> bool:
        """Whether an image was made of another one."""
        found: Image | None = source
        while found is not None:
            if found is image:
                return True
            found = self._store.get(found.parent)
        return False

    def _by_history(self, parent: Image | None, config: ContainerConfig) -> Image | None:
        """A source whose last step is this one, and whose steps before are those of the image that is built on."""
        before = parent.history if parent is not None else ()
        for source in self._sources or ():
            same = len(source.history) == len(before) + 1 and source.history[: len(before)] == before
            if same and source.history[-1].created_by == " ".join(config.cmd or ()):
                return source
        return None
