"""The examples as tests: one Sybil per version, so that each page runs in each version that has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from sybil import Document, Region, Sybil
from sybil.example import Example as SybilExample
from sybil.sybil import SybilCollection

from engine_api.api.versions import NEWEST, VERSIONS, Version
from engine_api.conformance.judge import judge
from engine_api.conformance.reference import REFERENCE, ReferenceTarget
from engine_api.conformance.run import Outcome, Result, run
from engine_api.engines.memory.machine.virtual_time import VirtualTimeLoop
from engine_api.spec.exchange import Example, examples_of
from engine_api.spec.pages import Page, changes_page, page, spec_root

__all__ = ["VersionSybil", "collection", "run_on_reference", "summary"]


def run_on_reference(example: Example, version: Version) -> Outcome:
    """Run an example on a fresh reference engine in virtual time, and return its outcome."""

    async def scenario() -> Outcome:
        async with ReferenceTarget() as target:
            asked = example.version or version
            return await run(example, version, target, REFERENCE, judge=judge(asked), clean=False)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(scenario())


class VersionSybil(Sybil):
    """Finds the examples of the pages as of a version; a page of changes runs in its own version."""

    def __init__(self, version: Version) -> None:
        super().__init__(parsers=(), patterns=["*.md"], name=f"v{version}")
        self.path = spec_root()
        self.version = version

    def should_parse(self, path: Path) -> bool:
        """Return whether a file has examples of the version: a page of `latest`, or the version's page of changes."""
        if path.suffix != ".md" or self.path not in path.parents:
            return False
        folder = path.parent.name
        return folder == "latest" or (folder == f"v{self.version}" and path.stem == "changes")

    def _page(self, path: Path) -> Page:
        return page(path.stem, self.version) if path.parent.name == "latest" else changes_page(self.version)

    def parse(self, path: Path) -> Document:
        """Return the document of a page, with a region for each example."""
        text = path.read_text("utf-8")
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))

        def regions(document: Document) -> Iterable[Region]:
            for example in examples_of(self._page(path)):
                at = starts[example.line.number - 1] if example.line.file == path else 0
                yield Region(at, at, (example, self.version), _evaluate)

        document = _Document(text, str(path))
        for region in regions(document):
            document.regions.append((region.start, region))
        return document

    def identify(self, example: SybilExample) -> str:
        """Return version and heading as the ID of a test."""
        found: Example = example.parsed[0]
        return f"v{self.version}::{found.id}"


class _Document(Document):
    """A document whose regions may have the same position, as those of overriding sections."""

    def examples(self) -> Iterator[SybilExample]:
        """Yield the examples in the order of the page."""
        for _, region in self.regions:
            line = self.text.count("\n", 0, region.start) + 1
            yield SybilExample(self, line, 1, region, self.namespace)


def _evaluate(example: SybilExample) -> str | None:
    found, version = example.parsed
    outcome = run_on_reference(found, version)
    return None if outcome.result is Result.HOLDS else f"{outcome.result.value}: {outcome.message}"


def collection() -> SybilCollection:
    """Return a Sybil for each version."""
    return SybilCollection([VersionSybil(version) for version in VERSIONS])


def summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the number of examples, versions and runs."""
    ids: Sequence[str] = [
        report.nodeid
        for key in ("passed", "failed")
        for report in terminalreporter.stats.get(key, [])
        if report.when == "call" and ".md::v" in report.nodeid
    ]
    if ids:
        examples = {(node.partition("::")[0], node.rpartition("::")[2]) for node in ids}
        versions = {node.split("::")[1] for node in ids}
        terminalreporter.write_line(
            f"examples: {len(examples)} in {len(versions)} versions, {len(ids)} runs on the reference engine "
            f"(up to v{NEWEST})"
        )
