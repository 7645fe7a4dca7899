"""No module and no function is longer than somebody can take in at once."""

import ast
from pathlib import Path

import engine_api

PACKAGE = Path(engine_api.__file__).parent
MODULE = 500
"""Lines that a module may have."""
FUNCTION = 60
"""Lines that the body of a function may have, without its signature and its docstring."""
TABLES = {
    "api/__init__.py": "the public names, written by scripts/generate_api.py",
    "api/containers.py": "types and operations of containers",
    "api/images.py": "types and operations of images",
    "api/networks.py": "types and operations of networks",
    "api/system.py": "types and operations of the system",
    "api/tasks.py": "types and operations of tasks",
    "client/_async_resources.py": "calls, written by scripts/generate_clients.py",
    "client/_resources.py": "calls, written by scripts/generate_clients.py",
    "wire/bindings.py": "the table of bindings",
}
"""Modules that declare, and may be as long as what they declare."""


def _sources() -> dict[str, str]:
    return {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def test_modules() -> None:
    long = {name: text.count("\n") for name, text in _sources().items() if name not in TABLES}
    assert {name: lines for name, lines in long.items() if lines > MODULE} == {}


def test_functions() -> None:
    assert [found for name, text in _sources().items() for found in _long_functions(name, text)] == []


def _long_functions(name: str, text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > FUNCTION:
                found.append(f"{name}: {node.name} has {lines} lines")
    return found


def test_a_long_function_is_found() -> None:
    body = "\n".join(f"    x = {number}" for number in range(FUNCTION + 1))
    assert _long_functions("x.py", f'def f() -> None:\n    """Text."""\n{body}\n') == ["x.py: f has 61 lines"]
    assert _long_functions("x.py", 'def f() -> None:\n    """Text."""\n') == []


ANY = 60
"""Uses of `Any`, which hides mistakes from the type checker; most are in calls whose operation is not known."""


def test_any_is_rare() -> None:
    found = 0
    for text in _sources().values():
        found += sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(ast.parse(text)))
    assert found <= ANY
