"""Mounts: what of the host, of volumes or of memory a container sees."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "BindOptions",
    "DriverConfig",
    "ImageOptions",
    "Mount",
    "MountPoint",
    "TmpfsOptions",
    "VolumeOptions",
]


class DriverConfig(ApiStruct):
    """The driver of a volume that is made for a mount."""

    name: str | UnsetType = UNSET
    """The driver. Default: `local`."""
    options: dict[str, str] | UnsetType = UNSET
    """Settings of the driver."""


class BindOptions(ApiStruct):
    """Options of a mount of type `bind`."""

    propagation: Annotated[str | UnsetType, OneOf("private", "rprivate", "shared", "rshared", "slave", "rslave")] = (
        UNSET
    )
    """How mounts made below it spread. Default: `rprivate`."""
    non_recursive: Annotated[bool | UnsetType, Since("1.40")] = UNSET
    """Whether mounts below the source are left out. Default: false."""
    create_mountpoint: Annotated[bool | UnsetType, Since("1.42")] = UNSET
    """Whether a missing source is made as a directory. Default: false."""
    read_only_non_recursive: Annotated[bool | UnsetType, Since("1.44")] = UNSET
    """Whether a read-only mount leaves mounts below it writable. Default: false."""
    read_only_force_recursive: Annotated[bool | UnsetType, Since("1.44")] = UNSET
    """Whether it is an error when mounts below cannot be made read-only. Default: false."""


class VolumeOptions(ApiStruct):
    """Options of a mount of type `volume`."""

    no_copy: bool | UnsetType = UNSET
    """Whether an empty volume stays empty instead of getting what the image has there. Default: false."""
    labels: dict[str, str] | UnsetType = UNSET
    """Labels of the volume, if it is made."""
    driver_config: DriverConfig | UnsetType = UNSET
    """The volume's driver, if it is made."""
    subpath: Annotated[str | UnsetType, Since("1.45")] = UNSET
    """A path within the volume that is mounted instead of all of it."""


class ImageOptions(ApiStruct):
    """Options of a mount of type `image`."""

    subpath: str | UnsetType = UNSET
    """A path within the image that is mounted instead of all of it."""


class TmpfsOptions(ApiStruct):
    """Options of a mount of type `tmpfs`."""

    size_bytes: int | UnsetType = UNSET
    """Its size in bytes. Default: no limit."""
    mode: int | UnsetType = UNSET
    """Permission bits of its root, as a number. Default: 1777 octal."""
    options: Annotated[list[list[str]] | UnsetType, Since("1.46")] = UNSET
    """Mount options, each a list of a name or of a name and a value."""


class Mount(ApiStruct):
    """A mount that a container is to have."""

    type: Annotated[
        str | UnsetType,
        OneOf(
            Value("bind", "a path of the host"),
            Value("volume", "a volume"),
            Value("image", "the root of an image", since="1.48"),
            Value("tmpfs", "memory"),
            Value("npipe", "a named pipe, Windows only"),
            Value("cluster", "a volume of a swarm", since="1.42"),
        ),
    ] = UNSET
    """What is mounted."""
    source: str | UnsetType = UNSET
    """A path of the host, the name of a volume, or an image; empty for memory or a new volume."""
    target: str | UnsetType = UNSET
    """The path in the container."""
    read_only: bool | UnsetType = UNSET
    """Whether it cannot be written. Default: false."""
    consistency: Annotated[str | UnsetType, Since("1.28")] = UNSET
    """How strict a shared file system is kept: `default`, `consistent`, `cached`, `delegated`."""
    bind_options: BindOptions | UnsetType = UNSET
    """Options of type `bind`."""
    volume_options: VolumeOptions | UnsetType = UNSET
    """Options of type `volume`."""
    image_options: Annotated[ImageOptions | UnsetType, Since("1.48")] = UNSET
    """Options of type `image`."""
    tmpfs_options: TmpfsOptions | UnsetType = UNSET
    """Options of type `tmpfs`."""


class MountPoint(ApiStruct):
    """A mount that a container has."""

    type: Annotated[
        str | UnsetType,
        OneOf("bind", "volume", Value("image", since="1.48"), "tmpfs", "npipe", Value("cluster", since="1.42")),
    ] = UNSET
    """What is mounted."""
    name: str | UnsetType = UNSET
    """The volume's name."""
    source: str | UnsetType = UNSET
    """Where it lies on the host."""
    destination: str | UnsetType = UNSET
    """The path in the container."""
    driver: str | UnsetType = UNSET
    """The volume's driver."""
    mode: str | UnsetType = UNSET
    """The options as they were given, such as `z`."""
    rw: bool | UnsetType = field(default=UNSET, name="RW")
    """Whether it can be written."""
    propagation: str | UnsetType = UNSET
    """How mounts made below it spread."""
