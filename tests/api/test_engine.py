"""The list of resources and operations is complete, and so is whatever follows from it."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine_api.api
from engine_api.api.engine import RESOURCES, Resource
from engine_api.api.operation import operations_of
from engine_api.api.versions import NEWEST
from engine_api.client import AsyncClient, Client
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.site.order import operation_pages, ordered
from engine_api.site.pythonreference import operations
from engine_api.wire.bindings import BINDINGS

OPERATIONS = [operation for resource in RESOURCES for operation in resource.operations]


def _protocols() -> Iterator[type[object]]:
    """The classes of the API that declare operations."""
    for module in pkgutil.iter_modules(engine_api.api.__path__, "engine_api.api."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and operations_of(kind):
                yield kind


def test_every_protocol_with_operations_is_a_resource_of_an_engine() -> None:
    assert {resource.protocol for resource in RESOURCES} == set(_protocols())
    assert all(resource.description for resource in RESOURCES)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_method_declares_an_operation(resource: Resource) -> None:
    public = [name for name in vars(resource.protocol) if not name.startswith("_")]
    assert [operation.name for operation in resource.operations] == public
    assert {operation.resource for operation in resource.operations} == {resource.name}


def test_identifiers_of_operations_are_unique() -> None:
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)


def test_every_operation_is_bound_once() -> None:
    assert sorted(binding.operation.id for binding in BINDINGS) == sorted(operation.id for operation in OPERATIONS)


def test_what_http_calls_safe_changes_nothing() -> None:
    changing = [one.operation.id for one in BINDINGS if one.verb in ("GET", "HEAD") and one.operation.changes]
    assert changing == ["ContainerAttachWebsocket"], "its client writes to the process"
    reading = [one.operation.id for one in BINDINGS if one.verb not in ("GET", "HEAD") and not one.operation.changes]
    assert reading == ["SystemAuth", "ContainerWait"]


def test_operations_that_stream_or_wait() -> None:
    assert {operation.id for operation in OPERATIONS if operation.streams} >= {
        *("ContainerArchive", "ContainerAttach", "ContainerLogs", "ContainerExport", "SystemEvents", "Session"),
    }
    assert "ContainerInspect" not in {operation.id for operation in OPERATIONS if operation.streams or operation.waits}
    assert "ContainerWait" in {operation.id for operation in OPERATIONS if operation.waits}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_clients_and_engines_have_every_operation(resource: Resource) -> None:
    for has in (MemoryEngine(seed=1), AsyncClient("unix:///nowhere.sock"), Client("unix:///nowhere.sock")):
        for operation in resource.operations:
            assert callable(getattr(getattr(has, resource.name), operation.name)), type(has)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_resource_has_its_page_in_the_order_of_the_site(resource: Resource) -> None:
    assert resource.name in ordered()
    assert f"::: {resource.protocol.__module__}.{resource.protocol.__name__}\n" in operations() + "\n"
    for operation in resource.operations:
        if NEWEST in operation.span:
            assert operation.id in operation_pages()


def test_the_page_of_operations_is_made_from_the_list() -> None:
    page = Path(__file__).parents[2] / "docs" / "python-operations.md"
    assert "<!-- operations -->" in page.read_text("utf-8")
    assert [name for name in ordered() if name in {one.name for one in RESOURCES}] == [one.name for one in RESOURCES]
