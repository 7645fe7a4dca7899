"""What v1.51 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.images import ImageSummary
from engine_api.versions.change import Change


class CountContainersOfImages(Change):
    """`Containers` in the image list is the number of containers made from the image; before, it was always -1."""

    version = "1.51"
    operations = ("ImageList",)
    path = "[].Containers"
    why = "a number that meant nothing now means something"

    def lower(self, result: list[ImageSummary], arguments: Mapping[str, object]) -> list[ImageSummary]:
        return [msgspec.structs.replace(image, containers=-1) for image in result]
