"""Creates what an example needs, and deletes what it created."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, cast
from urllib.parse import parse_qsl, quote, urlsplit

from engine_api.api.versions import Version
from engine_api.conformance.comparison import shown
from engine_api.conformance.naming import NAMING_PATHS
from engine_api.conformance.target import Response, Target
from engine_api.formats.json import JsonObject
from engine_api.spec.divergences import EngineIdentity
from engine_api.spec.exchange import Request, tar_of
from engine_api.spec.given import Condition
from engine_api.spec.pattern import Captures

__all__ = ["CannotRun", "Preparation"]

_LIST_TRIES: Final = 20
_LIST_PAUSE: Final = 0.1
"""Seconds between two attempts."""


class CannotRun(Exception):
    """The engine cannot provide what the example needs; the message says what."""


@dataclass
class _Made:
    """IDs and names of what an example created."""

    containers: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)


class Preparation:
    """Creates what an example needs, and records what is created.

    Args:
        version: API version of the requests.
        target: opens connections to the engine.
        engine: product and release of the engine.
        own: returns a string of the example with the names of this run.
        captures: receives the IDs of what is created.
        registry: host and port of a registry that the engine can push to. Default: none.
        suffix: suffix that `own` adds to names, which identifies images that the engine renamed.
    """

    def __init__(
        self,
        version: Version,
        target: Target,
        engine: EngineIdentity,
        own: Callable[[str], str],
        captures: Captures,
        registry: str | None,
        suffix: str = "",
    ) -> None:
        self._version = version
        self._target = target
        self._engine = engine
        self._own = own
        self._captures = captures
        self._registry = registry
        self._suffix = suffix
        self._made = _Made()
        self._before: set[str] = set()

    async def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /v{self._version}{path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        elif method == "POST":
            head += "Content-Length: 0\r\n"
        async with await self._target.connect() as connection:
            await connection.send(head.encode() + b"\r\n" + data)
            response = await connection.response(method)
            return response.status, await response.read()

    async def make(self, condition: Condition) -> None:
        """Create what a condition requires.

        Raises:
            CannotRun: the engine cannot provide it.
        """
        match condition.kind:
            case "image":
                await self._need_image(condition.name)
            case "no image":
                await self._need_no_image(condition.name)
            case "registry":
                await self._need_registry(condition.name)
            case "registry at":
                self._need_given_registry()
            case "imported":
                await self._import(self._own(condition.name))
            case "network":
                await self._network(condition)
            case "volume":
                await self._volume(condition)
            case "exec":
                await self._prepare_exec(condition)
            case _:
                await self._container(condition)

    async def _need_no_image(self, name: str) -> None:
        status, _ = await self._ask("GET", f"/images/{name}/json")
        if status != 404:
            raise CannotRun(f"the engine has an image {name}, which must not be there")

    def _need_given_registry(self) -> None:
        if self._registry is None and self._engine.product != "reference":
            raise CannotRun("no registry was given that the engine reaches")

    async def _need_image(self, name: str) -> None:
        status, _ = await self._ask("GET", f"/images/{name}/json")
        if status == 200:
            return
        status, body = await self._pull(name)
        if status != 200:
            raise CannotRun(f"the image {name} is not there, and cannot be pulled: {_message(body)}")
        self._made.images.append(name)

    async def _need_registry(self, name: str) -> None:
        there, _ = await self._ask("GET", f"/images/{name}/json")
        if there == 200 and self._engine.product != "reference":
            raise CannotRun(f"the engine has an image {name} already")
        if self._engine.product == "reference":
            return
        status, body = await self._pull(name)
        if status != 200:
            raise CannotRun(f"the engine reaches no registry with {name}: {_message(body)}")
        await self._ask("DELETE", f"/images/{name}")

    async def _pull(self, name: str) -> tuple[int, bytes]:
        image, _, tag = name.partition(":")
        status, body = await self._ask("POST", f"/images/create?fromImage={quote(image)}&tag={tag or 'latest'}")
        return (500, body) if b'"errorDetail"' in body else (status, body)

    async def _import(self, name: str) -> None:
        archive = tar_of("tar:\n  hello: hello\\n")
        assert archive is not None
        repo, _, tag = name.partition(":")
        head = (
            f"POST /v{self._version}/images/create?fromSrc=-&repo={repo}&tag={tag or 'latest'} HTTP/1.1\r\n"
            f"Host: engine\r\nContent-Type: application/x-tar\r\nContent-Length: {len(archive)}\r\n\r\n"
        )
        async with await self._target.connect() as connection:
            await connection.send(head.encode() + archive)
            response = await connection.response()
            body = await response.read()
        if response.status != 200:
            raise CannotRun(f"an image cannot be imported: {_message(body)}")
        self._made.images.append(name)

    async def _network(self, condition: Condition) -> None:
        name = self._own(condition.name)
        pools = [{"Subnet": condition.subnet}] if condition.subnet else []
        config = {"Name": name, "Labels": dict(condition.labels), "IPAM": {"Config": pools}}
        status, body = await self._ask("POST", "/networks/create", config)
        if status != 201:
            raise CannotRun(f"the network {name} cannot be created: {_message(body)}")
        self._captures[condition.name] = identifier = json.loads(body)["Id"]
        self._made.networks.append(identifier)

    async def _volume(self, condition: Condition) -> None:
        name = self._own(condition.name)
        config: dict[str, object] = {"Name": name}
        if condition.labels:
            config["Labels"] = dict(condition.labels)
        status, body = await self._ask("POST", "/volumes/create", config)
        if status != 201:
            raise CannotRun(f"the volume {name} cannot be created: {_message(body)}")
        self._made.volumes.append(name)

    async def _container(self, condition: Condition) -> None:
        image = self._own(condition.image)
        await self._need_image(image)
        config: dict[str, object] = {
            "Image": image,
            "Cmd": list(condition.command),
            "Tty": condition.tty,
            "OpenStdin": condition.stdin,
            "StdinOnce": condition.stdin,
            "AttachStdin": condition.stdin,
            "AttachStdout": condition.attached,
            "AttachStderr": condition.attached,
            "Labels": dict(condition.labels),
        }
        if condition.network:
            config["HostConfig"] = {"NetworkMode": self._own(condition.network)}
        name = self._own(condition.name)
        status, body = await self._ask("POST", f"/containers/create?name={name}", config)
        if status != 201:
            raise CannotRun(f"the container {name} cannot be created: {_message(body)}")
        self._captures[condition.name] = identifier = json.loads(body)["Id"]
        self._made.containers.append(identifier)
        if condition.kind == "created":
            return
        status, body = await self._ask("POST", f"/containers/{name}/start")
        if status != 204:
            raise CannotRun(f"the container {name} cannot be started: {_message(body)}")
        if condition.kind == "exited":
            await self._ask("POST", f"/containers/{name}/wait")
            await self._listed_as_exited(identifier)

    async def _listed_as_exited(self, identifier: str) -> None:
        """Wait until lists show the container as exited; engines update lists with a delay."""
        query = quote(json.dumps({"id": [identifier], "status": ["exited"]}))
        for _ in range(100):
            _, body = await self._ask("GET", f"/containers/json?all=1&filters={query}")
            if body.strip() not in (b"[]", b"null"):
                return
            await asyncio.sleep(0.02)

    async def _prepare_exec(self, condition: Condition) -> None:
        config = {
            "Cmd": list(condition.command),
            "Tty": condition.tty,
            "AttachStdin": condition.stdin,
            "AttachStdout": True,
            "AttachStderr": True,
        }
        status, body = await self._ask("POST", f"/containers/{self._own(condition.container)}/exec", config)
        if status != 201:
            raise CannotRun(f"the exec cannot be created: {_message(body)}")
        self._captures[condition.name] = json.loads(body)["Id"]

    async def clean_up(self) -> None:
        """Delete what the example created."""
        for identifier in self._made.containers:
            await self._ask("DELETE", f"/containers/{identifier}?force=1&v=1")
        for identifier in self._made.networks:
            await self._ask("DELETE", f"/networks/{identifier}")
        for name in self._made.volumes:
            await self._ask("DELETE", f"/volumes/{name}?force=1")
        for name in self._made.images:
            await self._ask("DELETE", f"/images/{name}?force=1")
        if self._made.images and self._suffix:
            for name in await self._named_by_the_engine():
                await self._ask("DELETE", f"/images/{name}?force=1")

    async def _named_by_the_engine(self) -> list[str]:
        """Return the names of remaining images of this run that the engine renamed.

        Podman adds `localhost/` to some names, and omits some tags.
        """
        names = [name for image in await self._images() for name in image.get("RepoTags") or ()]
        return [name for name in names if name.rpartition(":")[0].endswith(self._suffix)]

    async def _images(self, query: str = "") -> list[JsonObject]:
        """Return the images of the engine, with retries: Podman fails while another client deletes an image.

        Raises:
            CannotRun: the engine does not list its images.
        """
        body = b""
        for _ in range(_LIST_TRIES):
            status, body = await self._ask("GET", f"/images/json{query}")
            if status == 200:
                return cast("list[JsonObject]", json.loads(body))
            await asyncio.sleep(_LIST_PAUSE)
        raise CannotRun(f"the images cannot be listed: {_message(body)}")

    async def note_image(self, path: str) -> None:
        """Note the image that a request will create; an existing image is not deleted afterwards."""
        parts = urlsplit(path)
        if not parts.path.endswith(NAMING_PATHS):
            return
        query = dict(parse_qsl(parts.query))
        name = query.get("repo") or query.get("fromImage")
        if name:
            full = f"{name}:{query['tag']}" if query.get("tag") else name
            status, _ = await self._ask("GET", f"/images/{quote(full)}/json")
            if status == 404:
                self._made.images.append(full)

    def note_made(self, request: Request, response: Response, body: bytes) -> None:
        """Note what a response reports as created."""
        path = urlsplit(request.path).path
        kinds = (
            ("/containers/create", "Id", self._made.containers),
            ("/networks/create", "Id", self._made.networks),
            ("/volumes/create", "Name", self._made.volumes),
            ("/commit", "Id", self._made.images),
        )
        for end, key, made in kinds:
            if response.status == 201 and path.endswith(end):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    made.append(json.loads(body)[key])
        if response.status == 200 and path.endswith("/images/load"):
            self._made.images += re.findall(r'Loaded image: ([^\s"\\]+)', body.decode("utf-8", "replace"))

    async def note_tags(self, path: str) -> None:
        """Note the tags of a build, and the images that exist before it."""
        for name, value in parse_qsl(urlsplit(path).query):
            if name == "t":
                status, _ = await self._ask("GET", f"/images/{quote(value)}/json")
                if status == 404:
                    self._made.images.append(value)
        self._before = {image["Id"] for image in await self._images("?all=1")}

    def note_build(self, request: Request, body: bytes) -> None:
        """Note the images and containers that a build created, the last first."""
        if request.path.partition("?")[0] != "/build":
            return
        text = body.decode("utf-8", "replace")
        self._made.containers += re.findall(r"Running in ([0-9a-f]{12})", text)
        found = re.findall(r"--(?:>|\\u003e) ([0-9a-f]{6,12})\b|sha256:([0-9a-f]{12})", text)
        for identifier in dict.fromkeys(short or other for short, other in reversed(found)):
            if not any(known.startswith(f"sha256:{identifier}") for known in self._before):
                self._made.images.append(identifier)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return shown(body)
