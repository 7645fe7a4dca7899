"""Which images a request for a list is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from engine_api.engines.memory.model.images import Image, ImageStore
from engine_api.engines.memory.model.references import Reference
from engine_api.engines.memory.resources.filters import boolean, labels_match, moment, pattern_matches

__all__ = ["FILTERS", "image_filter", "matching"]

FILTERS: Final = frozenset(["before", "dangling", "label", "reference", "since", "until"])


def image_filter(store: ImageStore, wanted: Mapping[str, list[str]], now: int) -> Callable[[Image], bool]:
    """Return a function that says whether the filters select an image.

    Args:
        store: where the images are that filters name.
        wanted: the filters.
        now: the time, in nanoseconds since 1970.

    Raises:
        InvalidParameter: a value makes no sense.
        NotFound: one names an image that is not there.
    """
    dangling = boolean("dangling", wanted["dangling"]) if "dangling" in wanted else None
    older = [store.find(text)[0].created for text in wanted.get("before", ())]
    newer = [store.find(text)[0].created for text in wanted.get("since", ())]
    until = [moment(text, now) for text in wanted.get("until", ())]

    def fits(image: Image) -> bool:
        return (
            (dangling is None or dangling == (not image.references))
            and labels_match(wanted.get("label", ()), image.config.labels or {})
            and image.created < min([*older, *until], default=1 << 80)
            and image.created > max(newer, default=-1)
            and (
                "reference" not in wanted
                or any(_reference_matches(p, r) for p in wanted["reference"] for r in image.names)
            )
        )

    return fits


def matching(references: Iterable[Reference], wanted: Mapping[str, list[str]]) -> list[Reference]:
    """The references that the filters let through."""
    patterns = wanted.get("reference")
    return [r for r in references if patterns is None or any(_reference_matches(p, r) for p in patterns)]


def _reference_matches(pattern: str, reference: Reference) -> bool:
    return any(
        pattern_matches(pattern, text)
        for text in (reference.familiar, reference.familiar_name, f"{reference.host}/{reference.path}")
    )
