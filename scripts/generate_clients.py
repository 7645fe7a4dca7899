"""Writes the resources of both clients from the Protocols in `engine_api.api.engine.RESOURCES`.

python scripts/generate_clients.py          writes them
python scripts/generate_clients.py --check  fails if they are not up to date
"""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

from engine_api.api.engine import RESOURCES

CLIENT = Path(__file__).parent.parent / "reference_impl" / "engine_api" / "client"
BLOCKING = {
    "Duplex": ("Duplex", "engine_api.client.streams"),
    "OutputStream": ("Output", "engine_api.client.streams"),
    "AsyncIterator": ("MessageStream", "engine_api.client.streams"),
    "ByteStream": ("Iterable[bytes]", "collections.abc"),
    "ContainerArchive": ("Archive", "engine_api.client.streams"),
}
"""What the blocking client takes and gives in place of a type of the Protocols."""
ANSWERS = {"ByteStream": "Content"}
"""What it gives, where that differs from what it takes."""


class _Plain(ast.NodeTransformer):
    """Types without marks, and the blocking ones in place of the others."""

    def __init__(self, blocking: bool, answer: bool = False) -> None:
        self.blocking = blocking
        self.answer = answer

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated":
            assert isinstance(node.slice, ast.Tuple)
            found = self.visit(node.slice.elts[0])
            assert isinstance(found, ast.expr)
            return found
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self.blocking and self.answer and node.id in ANSWERS:
            return ast.Name(ANSWERS[node.id], ast.Load())
        if self.blocking and node.id in BLOCKING:
            return ast.parse(BLOCKING[node.id][0], mode="eval").body
        return node


def _imports(tree: ast.Module, module: str) -> dict[str, str]:
    """Where each name of a module comes from."""
    found = {node.name: module for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.name: node.module for alias in node.names}
    return found


def generate(blocking: bool) -> str:
    """The source of the resources."""
    prefix = "" if blocking else "Async"
    classes: list[str] = []
    needed: dict[str, set[str]] = {}
    for listed in RESOURCES:
        resource, module = listed.protocol.__name__, listed.protocol.__module__
        tree = ast.parse(inspect.getsource(importlib.import_module(module)))
        origins = _imports(tree, module)
        protocol = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == resource)
        lines = [f"class {prefix}{resource}:", f'    """{ast.get_docstring(protocol)}"""', ""]
        lines += ["    def __init__(self, call: _Call) -> None:", "        self._call = call", ""]
        for method in protocol.body:
            if isinstance(method, ast.AsyncFunctionDef):
                lines += _method(method, blocking, origins, needed)
        classes.append("\n".join(lines))
    classes.append(_all_resources(prefix))
    imports = "\n".join(f"from {m} import {', '.join(sorted(names))}" for m, names in sorted(needed.items()))
    result = "Any" if blocking else "Awaitable[Any]"
    needs = "Callable, Mapping" if blocking else "Awaitable, Callable, Mapping"
    return (
        '"""The calls of a client, written by scripts/generate_clients.py from the Protocols of engine_api.api."""\n\n'
        "from __future__ import annotations\n\nimport builtins\nfrom abc import ABC, abstractmethod\n"
        f"from collections.abc import {needs}\nfrom typing import Any\n\n"
        f'{imports}\n\n__all__ = ["{prefix}Resources"]\n\n'
        f"_Call = Callable[[str, Mapping[str, Any]], {result}]\n\n\n" + "\n\n".join(classes) + "\n"
    )


def _all_resources(prefix: str) -> str:
    """The class that has them all."""
    head = "async def" if prefix else "def"
    lines = [
        f"class {prefix}Resources(ABC):",
        '    """All that an engine has, by calls of its operations."""',
        "",
        "    def __init__(self) -> None:",
    ]
    for resource in RESOURCES:
        lines.append(f"        self.{resource.name} = {prefix}{resource.protocol.__name__}(self.call)")
        lines.append(f'        """{resource.description}"""')
    lines += [
        "",
        "    @abstractmethod",
        f"    {head} call(self, operation: str, arguments: Mapping[str, Any]) -> Any:",
        '        """Call an operation by its id."""',
        "",
    ]
    return "\n".join(lines)


def _method(
    method: ast.AsyncFunctionDef, blocking: bool, origins: dict[str, str], needed: dict[str, set[str]]
) -> list[str]:
    plain = _Plain(blocking)
    for argument in (*method.args.args, *method.args.kwonlyargs):
        if argument.annotation is not None:
            argument.annotation = plain.visit(argument.annotation)
    assert method.returns is not None
    method.returns = _Plain(blocking, answer=True).visit(method.returns)
    for node in ast.walk(ast.Tuple([method.args, method.returns], ast.Load())):  # type: ignore[list-item]
        if isinstance(node, ast.Name):
            translated = dict(BLOCKING.values())
            home = translated.get(node.id) if blocking else None
            if blocking and node.id in ANSWERS.values():
                home = "engine_api.client.streams"
            home = home or ("collections.abc" if node.id == "Iterable" else origins.get(node.id))
            if home:
                needed.setdefault(home, set()).add(node.id)
    operation = next(
        call.args[0].value
        for call in method.decorator_list
        if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant)
    )
    names = [a.arg for a in (*method.args.args[1:], *method.args.kwonlyargs)]
    arguments = "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"
    result = ast.unparse(method.returns)
    text = inspect.cleandoc(ast.get_docstring(method) or "").replace("\n", "\n        ")
    head = "def" if blocking else "async def"
    wait = "" if blocking else "await "
    call = f'{wait}self._call("{operation}", {arguments})'
    body = [f"        {call}"] if result == "None" else [f"        result: {result} = {call}", "        return result"]
    return [
        f"    {head} {method.name}({ast.unparse(method.args)}) -> {result}:",
        f'        """{text}\n        """' if "\n" in text else f'        """{text}"""',
        *body,
        "",
    ]


def main() -> int:
    """Write the files, or compare them."""
    code = 0
    for blocking, name in ((False, "_async_resources.py"), (True, "_resources.py")):
        path = CLIENT / name
        source = generate(blocking)
        for command in (["check", "--fix", "--select", "I,UP"], ["format"]):
            arguments = [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", str(path), "-"]
            source = subprocess.run(arguments, input=source, capture_output=True, text=True, check=True).stdout
        if "--check" not in sys.argv:
            path.write_text(source, "utf-8")
        elif path.read_text("utf-8") != source:
            print(f"{path.name} is not up to date; run scripts/generate_clients.py")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
