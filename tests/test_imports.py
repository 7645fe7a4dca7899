"""What imports what: no cycles, and no engine known where it should not be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine_api

PACKAGE = Path(engine_api.__file__).parent
MEMORY = PACKAGE / "engines" / "memory"


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _imported(path: Path) -> Iterator[str]:
    """Return the modules of the package that a module imports anywhere, also for type checkers only."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine_api"):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)


GRAPH = {name: sorted(set(_imported(path)) - {name}) for name, path in MODULES.items()}


def _cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in order:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in stack:
                lowest[node] = min(lowest[node], order[other])
        if lowest[node] == order[node]:
            component = [stack.pop()]
            while component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in order:
            visit(node)
    return found


def test_cycles_are_found() -> None:
    assert _cycles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [["a", "b", "c"]]


def test_no_cycle_of_modules() -> None:
    assert _cycles(GRAPH) == []


def test_no_cycle_of_packages() -> None:
    packages: dict[str, set[str]] = {}
    for name, imported in GRAPH.items():
        own = name.split(".")[1] if "." in name else name
        others = (other.split(".")[1] for other in imported if "." in other)
        packages.setdefault(own, set()).update(other for other in others if other != own)
    assert _cycles({name: sorted(others) for name, others in packages.items()}) == []


def test_the_composition_alone_knows_the_reference_engine() -> None:
    knowing = [path for path in MEMORY.rglob("*.py") if "MemoryEngine" in path.read_text("utf-8")]
    assert knowing == [MEMORY / "engine.py"]


def _assigned(text: str) -> list[str]:
    """Return the attributes of a container, or of its state, that a module assigns."""
    found = []
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        targets = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
        for each in targets:
            if isinstance(each, ast.Attribute) and ast.unparse(each.value) in CONTAINER:
                found.append(f"{ast.unparse(each)} in line {each.lineno}")
    return found


CONTAINER = ("container", "container.state", "container.health", "container.network")


@pytest.mark.parametrize("folder", ["resources", "state", "seed"])
def test_containers_change_by_transitions(folder: str) -> None:
    found = {path.name: _assigned(path.read_text("utf-8")) for path in (MEMORY / folder).rglob("*.py")}
    assert {name: assigned for name, assigned in found.items() if assigned} == {}


def test_assignments_are_found() -> None:
    text = "container.name = 1\ncontainer.state.paused: bool = True\ncontainer.host.links = 2\n"
    assert _assigned(text) == ["container.name in line 1", "container.state.paused in line 2"]
