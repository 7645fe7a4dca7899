"""What v1.52 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from engine_api.api.containers import ContainerConfig, ContainerCreateResponse, ContainerInspectResponse
from engine_api.api.errors import InvalidParameter
from engine_api.api.images import ImageConfig, ImageInspect
from engine_api.api.struct import UNSET
from engine_api.versions.change import Change, Effect

_LISTS: Final = ("cmd", "entrypoint", "env", "labels", "on_build", "volumes")
_TEXTS: Final = ("user", "working_dir")


def _filled(value: Any, names: tuple[str, ...], empty: object) -> Any:
    """The struct with `empty` in those of the fields that are absent."""
    return msgspec.structs.replace(value, **{name: empty for name in names if getattr(value, name) is UNSET})


class LeaveOutWhatAnImageDoesNotSet(Change):
    """In an image's `Config`, `Cmd`, `Entrypoint`, `Env`, `Labels`, `OnBuild`, `User`, `Volumes` and `WorkingDir`
    are left out unless they are set; before, they were null or empty.
    """

    version = "1.52"
    operations = ("ImageInspect",)
    effect = Effect.BREAKING
    why = "a client that takes these keys as given fails on the first image without them"
    path = "Config"

    def lower(self, answer: ImageInspect, arguments: Mapping[str, Any]) -> ImageInspect:
        if not isinstance(answer.config, ImageConfig):
            return answer
        return msgspec.structs.replace(answer, config=_filled(_filled(answer.config, _LISTS, None), _TEXTS, ""))


class LeaveOutEmptyTextsOfImages(Change):
    """`Parent`, `Comment`, `DockerVersion` and `Author` of an image are left out when they are empty; before, they
    were empty texts.
    """

    version = "1.52"
    operations = ("ImageInspect",)
    effect = Effect.BREAKING
    why = "a client that takes these keys as given fails"
    path = "Parent"

    def lower(self, answer: ImageInspect, arguments: Mapping[str, Any]) -> ImageInspect:
        filled: ImageInspect = _filled(answer, ("parent", "comment", "docker_version", "author"), "")
        return filled


class LeaveOutOnBuildOfContainers(Change):
    """`Config.OnBuild` of a container is left out when it is empty; before, it was null."""

    version = "1.52"
    operations = ("ContainerInspect",)
    effect = Effect.BREAKING
    why = "a client that takes the key as given fails"
    path = "Config.OnBuild"

    def lower(self, answer: ContainerInspectResponse, arguments: Mapping[str, Any]) -> ContainerInspectResponse:
        if not isinstance(answer.config, ContainerConfig):
            return answer
        return msgspec.structs.replace(answer, config=_filled(answer.config, ("on_build",), None))


class WarnOfEmptyPortBindings(Change):
    """A port with an empty list in `HostConfig.PortBindings` gets a warning at creation; it is still forwarded from a
    free port of the host, which a later version will stop doing.
    """

    version = "1.52"
    operations = ("ContainerCreate",)
    why = "one warning more"
    path = "Warnings"

    def lower(self, answer: ContainerCreateResponse, arguments: Mapping[str, Any]) -> ContainerCreateResponse:
        kept = [text for text in answer.warnings or () if not text.startswith("HostConfig.PortBindings ")]
        return msgspec.structs.replace(answer, warnings=kept)


class AcceptSeveralPlatforms(Change):
    """Images are saved and loaded for several platforms at once when `platform` is repeated; from v1.48 on, more than
    one was refused.
    """

    version = "1.52"
    operations = ("ImageGet", "ImageGetAll", "ImageLoad")
    path = "?platform"
    why = "what was accepted still is"

    def refuse(self, arguments: Mapping[str, Any]) -> None:
        if len(arguments.get("platform", ())) > 1:
            raise InvalidParameter("multiple platform parameters not supported")
