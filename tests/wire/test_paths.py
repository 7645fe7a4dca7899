"""Paths find their operation."""

import pytest

from engine_api.wire.bindings import BINDINGS
from engine_api.wire.paths import Router, clean, fill, split_version

ROUTER = Router(BINDINGS)


@pytest.mark.parametrize(
    ("verb", "path", "operation", "names"),
    [
        ("GET", "/_ping", "SystemPing", {}),
        ("HEAD", "/_ping", "SystemPingHead", {}),
        ("GET", "/containers/json", "ContainerList", {}),
        ("POST", "/containers/create", "ContainerCreate", {}),
        ("GET", "/containers/web/json", "ContainerInspect", {"id": "web"}),
        (
            "GET",
            "/images/docker.io/library/busybox:latest/json",
            "ImageInspect",
            {"name": "docker.io/library/busybox:latest"},
        ),
        ("DELETE", "/images/a/b", "ImageDelete", {"name": "a/b"}),
        ("DELETE", "/containers/a/json", "ContainerDelete", {"id": "a/json"}),
        ("POST", "/exec/1/start", "ExecStart", {"id": "1"}),
        ("GET", "/networks", "NetworkList", {}),
        ("GET", "/networks/", "NetworkList", {}),
        ("POST", "/networks/a/b/connect", "NetworkConnect", {"id": "a/b"}),
        ("GET", "/containers/a/attach/ws", "ContainerAttachWebsocket", {"id": "a"}),
        ("DELETE", "/containers/a/checkpoints/b", "CheckpointDelete", {"id": "a", "checkpoint": "b"}),
        ("DELETE", "/containers/checkpoints/b", "ContainerDelete", {"id": "checkpoints/b"}),
        ("POST", "/containers/prune", "ContainerPrune", {}),
    ],
)
def test_a_request_finds_its_operation(verb: str, path: str, operation: str, names: dict[str, str]) -> None:
    match = ROUTER.match(verb, path)
    assert match is not None
    assert (match.binding.operation.id, match.names) == (operation, names)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/"),
        ("PUT", "/info"),
        ("GET", "/nonsense"),
        ("GET", "/containers/"),
        ("GET", "/info/"),
        ("GET", "/containers//json"),
    ],
)
def test_other_requests_find_none(verb: str, path: str) -> None:
    assert ROUTER.match(verb, path) is None


def test_every_binding_is_found_by_its_own_path() -> None:
    for binding in BINDINGS:
        match = ROUTER.match(binding.verb, fill(binding.path, {"id": "x", "name": "x", "checkpoint": "x"}))
        assert match is not None
        assert match.binding is binding


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("/v1.44/info", ("1.44", "/info")),
        ("/info", (None, "/info")),
        ("/v1.44.1/_ping", ("1.44.1", "/_ping")),
        ("/v1.44", (None, "/v1.44")),
        ("/vx/info", (None, "/vx/info")),
    ],
)
def test_the_version_stands_in_front(path: str, split: tuple[str | None, str]) -> None:
    assert split_version(path) == split


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [("//a", "/a"), ("/a/../b", "/b"), ("/a/./b/", "/a/b/"), ("/a", "/a"), ("/", "/"), ("/../..", "/")],
)
def test_a_path_is_cleaned(path: str, cleaned: str) -> None:
    assert clean(path) == cleaned


def test_names_are_escaped() -> None:
    assert fill("/images/{name}/json", {"name": "a/b:1 ?"}) == "/images/a/b:1%20%3F/json"
