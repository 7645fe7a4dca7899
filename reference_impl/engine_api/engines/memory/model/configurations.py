"""Configurations of containers and of images, each made of the other."""

from __future__ import annotations

from typing import Final

import msgspec

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest
from engine_api.api.images import ImageConfig
from engine_api.api.struct import UNSET

__all__ = ["EMPTY", "argv_of", "container_config", "image_config", "merged", "shown"]

EMPTY: Final = ContainerConfig(
    hostname="",
    domainname="",
    user="",
    attach_stdin=False,
    attach_stdout=False,
    attach_stderr=False,
    tty=False,
    open_stdin=False,
    stdin_once=False,
    env=None,
    cmd=None,
    image="",
    volumes=None,
    working_dir="",
    entrypoint=None,
    on_build=None,
    labels=None,
)
"""The configuration that an image shows that was made of no container."""


def argv_of(value: list[str] | str | None | object) -> list[str]:
    """Return a command as a list: a string is its only part, and what is absent or null is empty."""
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, list) else []


def container_config(config: ContainerCreateRequest, image: ImageConfig) -> ContainerConfig:
    """The configuration of a new container: what is asked for, and the image's where that says nothing."""
    found = ContainerConfig(
        hostname=config.hostname or "",
        domainname=config.domainname or "",
        user=config.user or image.user or "",
        attach_stdin=config.attach_stdin or False,
        attach_stdout=config.attach_stdout or False,
        attach_stderr=config.attach_stderr or False,
        tty=config.tty or False,
        open_stdin=config.open_stdin or False,
        stdin_once=config.stdin_once or False,
        image=config.image or "",
        working_dir=config.working_dir or image.working_dir or "",
        stop_timeout=config.stop_timeout,
        shell=config.shell,
        network_disabled=config.network_disabled,
    )
    own = config.env or []
    names = {entry.partition("=")[0] for entry in own}
    found.env = [e for e in own if "=" in e] + [
        entry for entry in (image.env or []) if entry.partition("=")[0] not in names
    ]
    found.labels = {**(image.labels or {}), **(config.labels or {})}
    ports = {**(image.exposed_ports or {}), **(config.exposed_ports or {})}
    if ports:
        found.exposed_ports = ports
    volumes = {**(image.volumes or {}), **(config.volumes or {})}
    found.volumes = volumes or None
    found.entrypoint = argv_of(config.entrypoint) or None
    found.cmd = argv_of(config.cmd) or None
    if found.entrypoint is None:
        if found.cmd is None and image.cmd:
            found.cmd = argv_of(image.cmd)
        if image.entrypoint:
            found.entrypoint = argv_of(image.entrypoint)
    if config.stop_signal or image.stop_signal:
        found.stop_signal = config.stop_signal or image.stop_signal
    health = config.healthcheck or image.healthcheck
    if health:
        found.healthcheck = health
    return found


def image_config(config: ContainerConfig) -> ImageConfig:
    """What of a container's configuration an image keeps."""
    return ImageConfig(
        user=config.user,
        exposed_ports=config.exposed_ports,
        env=config.env,
        cmd=argv_of(config.cmd) or UNSET,
        healthcheck=config.healthcheck,
        volumes=config.volumes,
        working_dir=config.working_dir,
        entrypoint=argv_of(config.entrypoint) or UNSET,
        on_build=config.on_build,
        labels=config.labels,
        stop_signal=config.stop_signal,
        shell=config.shell,
    )


def merged(own: ImageConfig, other: ImageConfig) -> ImageConfig:
    """A configuration with another's where it says nothing."""
    names = {entry.partition("=")[0] for entry in own.env or ()}
    found = msgspec.structs.replace(
        own,
        user=own.user or other.user,
        env=[*(own.env or ()), *(one for one in other.env or () if one.partition("=")[0] not in names)] or UNSET,
        labels={**(other.labels or {}), **(own.labels or {})} or UNSET,
        exposed_ports={**(other.exposed_ports or {}), **(own.exposed_ports or {})} or UNSET,
        volumes={**(other.volumes or {}), **(own.volumes or {})} or UNSET,
        working_dir=own.working_dir or other.working_dir,
        healthcheck=own.healthcheck or other.healthcheck or UNSET,
        stop_signal=own.stop_signal or other.stop_signal or UNSET,
        on_build=own.on_build or UNSET,
        shell=own.shell or UNSET,
    )
    if not own.entrypoint:
        found.cmd = own.cmd or other.cmd
        found.entrypoint = other.entrypoint
    return found


def shown(config: ImageConfig) -> ImageConfig:
    """The configuration with what only old versions show, and without what is empty."""
    found = msgspec.structs.replace(
        config,
        hostname="",
        domainname="",
        attach_stdin=False,
        attach_stdout=False,
        attach_stderr=False,
        tty=False,
        open_stdin=False,
        stdin_once=False,
        image="",
    )
    for field in ("cmd", "entrypoint", "env", "labels", "on_build", "user", "volumes", "working_dir"):
        if not getattr(found, field):
            setattr(found, field, UNSET)
    return found
