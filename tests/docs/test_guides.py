"""Every guide, done as it says: files are written, commands typed, and what they print is compared.

A fence with a `title` is a file; `console` has commands after `$` and what they must print, where `...` stands for
anything, within a line or for any number of lines. A comment above, `<!-- guide: ... -->`, says of it `needs=NAME` that
something must be there, `fails` that it may fail, `background` that it goes on, or `notest` that it is not for here.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine_api.testing import running_engine

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = sorted(path.stem for path in DOCS.glob("*.md") if "```" in path.read_text("utf-8") and path.stem != "python")

_FENCE = re.compile(r"(?:^<!-- guide: ([^>]*) -->\n)?^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def there(name: str) -> bool:
    """Whether what a fence needs is there."""
    if name == "compose":
        found = (
            subprocess.run(["docker", "compose", "version"], capture_output=True) if shutil.which("docker") else None
        )
        return found is not None and found.returncode == 0
    return shutil.which(name) is not None or importlib.util.find_spec(name) is not None


def fits(pattern: str, text: str) -> bool:
    """Whether a text is as it is written, with `...` for anything."""
    parts = []
    for line in pattern.rstrip("\n").split("\n"):
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(re.escape(line).replace(r"\.\.\.", ".*") + r"\n")
    return re.fullmatch("".join(parts), text if text.endswith("\n") or not text else text + "\n") is not None


def commands(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a console, each with what it prints."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


class Guide:
    """A folder in which a guide is done, and the engine that it talks to."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder = folder
        self.children: list[subprocess.Popen[str]] = []
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        hidden = ("DOCKER_", "COMPOSE_", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        self.environment = {**kept, "DOCKER_HOST": host, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}

    def type(self, command: str, output: str, marks: str) -> None:
        """Type a command, and compare."""
        if "background" in marks or command.startswith("engine-api serve"):
            self.start(command, output)
            return
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        said = f"$ {command}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0 or "fails" in marks, said
        if output.strip() and "fails" not in marks:
            assert fits(output, done.stdout) or fits(output, done.stdout + done.stderr), said

    def start(self, command: str, output: str) -> None:
        """Type a command that goes on, and wait for what it prints first."""
        child = subprocess.Popen(
            f"exec {command}", shell=True, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.children.append(child)
        assert child.stdout is not None
        expected = output.rstrip("\n").split("\n")
        lines = [child.stdout.readline() for _ in expected]
        assert fits(output, "".join(lines)), lines
        for line in lines:
            if line.startswith("export DOCKER_HOST="):
                self.environment["DOCKER_HOST"] = line.strip().partition("=")[2]

    def end(self) -> None:
        """End what still runs."""
        for child in self.children:
            child.terminate()
            child.wait(20)
            assert child.stdout is not None
            child.stdout.close()


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Guide]]:
    """Makes the folder of a guide, with an engine."""
    with running_engine() as engine:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
        (tmp_path / "run").mkdir()
        guide = Guide(tmp_path, engine.host)
        yield lambda name: guide
        guide.end()


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_does_what_it_says(name: str, runtime: Callable[[str], Guide]) -> None:
    guide = runtime(name)
    for marks, language, options, body in _FENCE.findall((DOCS / f"{name}.md").read_text("utf-8")):
        title = re.search(r'title="([^"]*)"', options)
        if title is not None:
            (guide.folder / title[1]).write_text(body, "utf-8")
        elif language == "console" and "notest" not in marks:
            needed = re.findall(r"needs=(\w+)", marks)
            for command, output in commands(body):
                if all(map(there, [*needed, *(["docker"] if command.startswith("docker ") else [])])):
                    guide.type(command, output, marks)


def test_the_page_of_the_command_is_what_it_prints() -> None:
    from engine_api.site.commandline import reference

    text = reference()
    printed = subprocess.run(
        [sys.executable, "-m", "engine_api", "diff", "--help"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "78"},
        check=True,
    )
    assert printed.stdout.strip() in text
    for command in ("serve", "check", "openapi", "diff", "completion"):
        assert f"## engine-api {command} " in text
