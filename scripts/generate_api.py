"""Writes `engine_api.api`'s own module, which gives every public name of the modules below it.

python scripts/generate_api.py          writes it
python scripts/generate_api.py --check  fails if it is not up to date
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

API = Path(__file__).parent.parent / "reference_impl" / "engine_api" / "api"
UNLISTED = ("__init__", "annotation")
"""Modules whose names are not public names of the API."""
HEAD = '''"""The Docker Engine API, apart from how it is carried: what an engine can do, with which types.

One module per resource holds its Protocol and its types. No HTTP, no paths, no sockets.
"""

'''


def generate() -> str:
    """The source of the module."""
    names: dict[str, list[str]] = {}
    for path in sorted(API.glob("*.py")):
        if path.stem in UNLISTED:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names[path.stem] = ast.literal_eval(node.value)
    imports = "".join(f"from engine_api.api.{module} import {', '.join(own)}\n" for module, own in names.items() if own)
    everything = sorted(name for own in names.values() for name in own)
    return HEAD + imports + "\n__all__ = [" + "".join(f'"{name}", ' for name in everything) + "]\n"


def main() -> int:
    """Write the file, or compare it."""
    path = API / "__init__.py"
    source = generate()
    for command in (["check", "--fix", "--select", "I,RUF022"], ["format"]):
        arguments = [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", str(path), "-"]
        source = subprocess.run(arguments, input=source, capture_output=True, text=True, check=True).stdout
    if "--check" not in sys.argv:
        path.write_text(source, "utf-8")
    elif path.read_text("utf-8") != source:
        print(f"{path.name} is not up to date; run scripts/generate_api.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
