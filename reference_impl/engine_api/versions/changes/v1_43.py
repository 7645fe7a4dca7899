"""What v1.43 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.images import ImageSummary
from engine_api.versions.change import Change, Effect, Scope


class LeaveUntaggedImagesUnnamed(Change):
    """An image without a name has empty `RepoTags` and `RepoDigests` in the list; before, they held
    `<none>:<none>` and `<none>@<none>`.
    """

    version = "1.43"
    operations = ("ImageList",)
    effect = Effect.BREAKING
    why = "a client that takes the first name of an image fails, and one that looks for <none> finds nothing"
    paths = (("ImageList", "[].RepoTags"), ("ImageList", "[].RepoDigests"))

    def lower(self, result: list[ImageSummary], arguments: Mapping[str, object]) -> list[ImageSummary]:
        return [
            image
            if image.repo_tags or image.repo_digests
            else msgspec.structs.replace(image, repo_tags=["<none>:<none>"], repo_digests=["<none>@<none>"])
            for image in result
        ]


class ListNoNewPrivileges(Change):
    """`SecurityOptions` has `name=no-new-privileges` if that is the default of containers."""

    version = "1.43"
    operations = ("SystemInfo",)
    scope = Scope.RELEASE
    why = "one entry more"
    path = "SecurityOptions"
