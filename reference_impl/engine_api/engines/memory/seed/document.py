"""The document that says what an engine has, in the words of the API."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Annotated, Literal, Union

import msgspec

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.images import ImageConfig
from engine_api.api.networks import NetworkCreateRequest
from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.volumes import VolumeCreateRequest
from engine_api.wire.bodies import shape

__all__ = ["Seed", "SeedContainer", "SeedError", "SeedFile", "SeedImage", "SeedVolume", "from_value", "read_json"]


class SeedError(InvalidParameter):
    """A seed cannot be read, or cannot be made.

    Args:
        source: the file, or what else it came from.
        place: where in it, such as `Containers[0].HostConfig`; empty for all of it.
        problem: what is wrong there.
    """

    def __init__(self, source: str, place: str, problem: str) -> None:
        super().__init__(f"{source}: {place}: {problem}" if place else f"{source}: {problem}")


class SeedFile(ApiStruct):
    """A file that is no plain text, or has a mode of its own."""

    text: str | UnsetType = UNSET
    """What is in it, as text."""
    base64: str | UnsetType = UNSET
    """What is in it, in Base64, for what is no text."""
    mode: Annotated[str, msgspec.Meta(pattern="^[0-7]{3,4}$")] = "644"
    """Its mode, in octal digits."""

    @property
    def data(self) -> bytes:
        """What is in it.

        Raises:
            ValueError: there is not one content, or no Base64 where there should be.
        """
        if isinstance(self.text, str) and isinstance(self.base64, UnsetType):
            return self.text.encode()
        if isinstance(self.base64, str) and isinstance(self.text, UnsetType):
            try:
                return base64.b64decode(self.base64, validate=True)
            except binascii.Error:
                raise ValueError("Base64 is malformed") from None
        raise ValueError("give either Text or Base64")


Files = dict[str, Union[str, SeedFile]]  # noqa: UP007  # a string is the text of a plain file


class SeedImage(ApiStruct):
    """An image: what a pull of its reference gives, and what is said here over it."""

    reference: str
    """Its name, such as `postgres:16`."""
    config: ImageConfig | UnsetType = UNSET
    """What containers made from it run. What it does not say is as the pulled image has it."""
    files: Files = msgspec.field(default_factory=dict)
    """Files by absolute path."""


class SeedVolume(VolumeCreateRequest):
    """A volume, and what is in it."""

    files: Files = msgspec.field(default_factory=dict)
    """Files by absolute path within the volume."""


class SeedContainer(ContainerCreateRequest):
    """A container, as it is created by the API, and how it is to be."""

    name: str | UnsetType = UNSET
    """Its name. Default: one that the engine chooses."""
    state: Literal["created", "running", "healthy", "paused", "exited"] = "running"
    """How it is, once it is there: `healthy` waits for its health check, `exited` until it has ended by itself."""
    exit_code: int | UnsetType = UNSET
    """For `exited`: the exit code without which the seed fails. Default: any."""
    files: Files = msgspec.field(default_factory=dict)
    """Files by absolute path, there before it starts; also on its mounts."""
    image_label: str | UnsetType = UNSET
    """A label that gets the ID of its image."""


class Seed(ApiStruct):
    """What an engine has; made in this order, and each list from its first to its last."""

    images: list[SeedImage] = msgspec.field(default_factory=list)
    """Images. Those of containers that are not here and not on the engine are pulled."""
    networks: list[NetworkCreateRequest] = msgspec.field(default_factory=list)
    """Networks."""
    volumes: list[SeedVolume] = msgspec.field(default_factory=list)
    """Volumes."""
    containers: list[SeedContainer] = msgspec.field(default_factory=list)
    """Containers."""


def read_json(data: bytes, source: str) -> Seed:
    """Read a document.

    Args:
        data: the JSON text.
        source: what it is called in errors.

    Raises:
        SeedError: it is no JSON, has a key that is not known, or a value of another type.
    """
    try:
        value = json.loads(data, object_pairs_hook=_once)
    except _Twice as error:
        raise SeedError(source, "", f"{error} is there twice in one object") from None
    except RecursionError:
        raise SeedError(source, "", "it nests too deep") from None
    except json.JSONDecodeError as error:
        raise SeedError(source, f"line {error.lineno}, column {error.colno}", error.msg) from None
    except ValueError as error:
        raise SeedError(source, "", str(error)) from None
    return from_value(value, source)


def from_value(value: object, source: str) -> Seed:
    """A document that is already Python's lists, dictionaries and texts.

    Raises:
        SeedError: as `read_json` does.
    """
    _check_keys(value, Seed, "", source)
    try:
        seed: Seed = msgspec.convert(value, Seed)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        raise SeedError(source, place.rstrip("`").lstrip("."), problem) from None
    for place, files in _all_files(seed):
        for path, file in files.items():
            _check_file(path, file, f"{place}.Files[{json.dumps(path)}]", source)
    return seed


class _Twice(ValueError):
    """A key that an object has twice."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(json.dumps(key))
        found[key] = value
    return found


def _check_keys(value: object, kind: object, place: str, source: str) -> None:
    """Refuse keys that a type does not have; wire names only, in their own case."""
    keys, item = shape(kind)
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _check_keys(inner, item, f"{place}[{number}]", source)
    elif isinstance(value, dict) and keys is None:
        for key, inner in value.items():
            _check_keys(inner, item, f"{place}[{json.dumps(key)}]", source)
    elif isinstance(value, dict) and keys is not None:
        known = dict(keys.values())
        for key, inner in value.items():
            if key not in known:
                near = keys.get(key.casefold())
                hint = f"; it is written {near[0]}" if near else ""
                raise SeedError(source, place, f"there is no {json.dumps(key)}{hint}")
            _check_keys(inner, known[key], f"{place}.{key}".lstrip("."), source)


def _all_files(seed: Seed) -> list[tuple[str, Files]]:
    return [
        *((f"Images[{number}]", image.files) for number, image in enumerate(seed.images)),
        *((f"Volumes[{number}]", volume.files) for number, volume in enumerate(seed.volumes)),
        *((f"Containers[{number}]", container.files) for number, container in enumerate(seed.containers)),
    ]


def _check_file(path: str, file: str | SeedFile, place: str, source: str) -> None:
    if not re.fullmatch(r"(/[^/\0]+)+", path) or {".", ".."} & set(path.split("/")):
        raise SeedError(source, place, "the path is not absolute, or not a file's")
    if isinstance(file, SeedFile):
        try:
            _ = file.data
        except ValueError as error:
            raise SeedError(source, place, str(error)) from None
