"""Recorded runs of the examples on engines: results, dates and builds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from engine_api.api.versions import VERSIONS, Version
from engine_api.formats.json import JsonObject
from engine_api.site.markup import breakable, escape, heading, wide_table
from engine_api.site.order import newest_folder, operation_pages, ordered
from engine_api.site.toc import Entry
from engine_api.spec.divergences import divergences
from engine_api.spec.exchange import examples_of
from engine_api.spec.pages import page, spec_root
from engine_api.wire.bindings import BINDINGS

__all__ = ["Recording", "badges", "compact", "recordings", "table_page"]

_WORDS: Final = {
    "holds": ("✓", "holds"),
    "diverges": ("≠", "differs"),
    "fails": ("✗", "does not hold"),
    "not_run": ("○", "was not run"),
}


_PLACE: Final = re.compile(r"[\w.]+/[\w.-]+\.md:\d+: ")
_SUFFIX: Final = re.compile(r"(?<=[a-z0-9])-[0-9a-f]{6}\b")
_IDENTIFIER: Final = re.compile(r"\b[0-9a-f]{12,}\b")
_LONGEST: Final = 240
_NOISE: Final = re.compile(r",?\s+commit: [^,]*")
"""Details of a build after its release: revisions, and features of the runtime."""


@dataclass(frozen=True)
class Recording:
    """A run of all examples on an engine."""

    product: str
    release: str
    build: str
    date: str
    versions: tuple[Version, ...]
    """The versions of the run, oldest first."""
    outcomes: dict[str, list[tuple[Version, Version, str, str]]]
    """By example: first and last version, result, and message."""

    @property
    def name(self) -> str:
        """The engine and its release, such as `Docker 28.5`."""
        return f"{self.product.capitalize()} {'.'.join(self.release.split('.')[:2])}"

    def nearest(self, example: str, version: Version) -> tuple[str, str, Version] | None:
        """Return result, message and version of the run of an example; None if it was not run.

        For a version that is too new for the engine, the engine's newest version counts if the example is the same.
        """
        asked = version
        if version > self.versions[-1] and _text(example, version) == _text(example, self.versions[-1]):
            asked = self.versions[-1]
        found = self.outcome(example, asked)
        return None if found is None else (*found, asked)

    def outcome(self, example: str, version: Version) -> tuple[str, str] | None:
        """Return result and message of an example at a version; None if it was not run."""
        for since, until, result, message in self.outcomes.get(example, ()):
            if since <= version <= until:
                return result, message
        return None


@cache
def _texts(name: str, version: Version) -> dict[str, tuple[str, ...]]:
    return {one.id: tuple(line.text for line in one.lines) for one in page(name, version).headings}


def _text(example: str, version: Version) -> tuple[str, ...] | None:
    """Return the text of an example in a version; None if the version lacks it."""
    name, _, id = example.partition("#")
    return None if "/" in name else _texts(name, version).get(id)


def _short(message: str) -> str:
    """Return a message without place, diff and identifiers, which differ between runs."""
    lines = message.partition("\n--- expected")[0].splitlines()
    if len(lines) > 1 and _PLACE.match(lines[0]):
        del lines[0]
    text = _IDENTIFIER.sub(lambda found: found[0][:6] + "...", _SUFFIX.sub("", "\n".join(lines)))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."


def compact(report: JsonObject, date: str, build: str) -> JsonObject:
    """Return a report of `engine-api check --format json` in compact form: consecutive equal outcomes are one row.

    Args:
        report: the report.
        date: date of the run, such as 2026-11-25.
        build: the engine's description of its build.
    """
    versions = [str(version) for version in VERSIONS]
    found: dict[str, list[list[str]]] = {}
    for outcome in sorted(report["outcomes"], key=lambda one: (one["example"], versions.index(one["version"]))):
        version, result = outcome["version"], outcome["result"]
        message = "" if result == "holds" else _short(outcome["message"])
        own = [result, message] if message else [result]
        rows = found.setdefault(outcome["example"], [])
        if rows and rows[-1][2:] == own and versions.index(rows[-1][1]) + 1 == versions.index(version):
            rows[-1][1] = version
        else:
            rows.append([version, version, *own])
    engine = {**report["engine"], "build": build}
    return {"engine": engine, "date": date, "versions": report["versions"], "outcomes": found}


@cache
def recordings(folder: Path | None = None) -> tuple[Recording, ...]:
    """Return all recorded runs, newest engine first."""
    found: list[Recording] = []
    for path in (folder or spec_root() / "compatibility").glob("*.json"):
        document = json.loads(path.read_text("utf-8"))
        outcomes = {
            example: [
                (Version.parse(row[0]), Version.parse(row[1]), row[2], row[3] if len(row) > 3 else "") for row in rows
            ]
            for example, rows in document["outcomes"].items()
        }
        versions = [Version.parse(text) for text in document["versions"]]
        engine = document["engine"]
        found.append(
            Recording(
                engine["product"],
                engine["release"],
                engine["build"],
                document["date"],
                tuple(sorted(versions)),
                outcomes,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.product, [-int(p) for p in one.release.split(".")[:2]])))


@cache
def _divergence_titles() -> dict[str, str]:
    return {one.id: one.title for one in divergences()}


@cache
def badges(example: str, version: Version) -> str:
    """Return the results of an example on each engine as HTML; empty if no engine ran it.

    Args:
        example: the name of the example.
        version: the version of the page.
    """
    marks: list[str] = []
    notes: list[str] = []
    for recording in recordings():
        found = recording.nearest(example, version)
        if found is None:
            continue
        result, message, asked = found
        sign, words = _WORDS[result]
        name = escape(recording.name)
        title = f"{name}: {words} in v{asked} ({recording.date})"
        note = f" <small>in v{asked}</small>" if asked != version else ""
        marks.append(f'<span class="engine {result}" title="{title}">{sign} {name}{note}</span>')
        if result == "diverges":
            titles = _divergence_titles()
            links = ", ".join(
                f'<a href="../divergences/#{escape(id)}">{escape(titles.get(id, id))}</a>'
                for id in dict.fromkeys(message.split(", "))
            )
            notes.append(f"<li>{escape(recording.name)} differs: {links}</li>")
        elif result != "holds":
            notes.append(f'<li>{escape(recording.name)} {words}:<pre tabindex="0">{escape(message)}</pre></li>')
    if not marks:
        return ""
    line = " ".join(marks)
    if not notes:
        return f'<p class="engines">{line}</p>'
    return f'<details class="engines"><summary>{line}</summary><ul>{"".join(notes)}</ul></details>'


@cache
def _examples_by_operation() -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for version in VERSIONS:
        for name in ordered():
            for example in examples_of(page(name, version)):
                if example.operation is not None:
                    found.setdefault(example.operation, {})[example.name] = None
    return {operation: list(names) for operation, names in found.items()}


def _counts(recording: Recording, examples: Iterable[str]) -> dict[str, int]:
    """Return the number of examples by result; an example has its worst result in any version."""
    counts = dict.fromkeys(_WORDS, 0)
    for example in examples:
        results = {result for _, _, result, _ in recording.outcomes.get(example, ())}
        worst = next((one for one in ("fails", "diverges", "not_run", "holds") if one in results), None)
        if worst is not None:
            counts[worst] += 1
    return counts


def _cell(recording: Recording, operation: str) -> str:
    words = {"holds": "hold", "diverges": "differ", "fails": "fail", "not_run": "not run"}
    parts = [
        f'<span class="engine {key}">{_WORDS[key][0]} {count} {words[key]}</span>'
        for key, count in _counts(recording, _examples_by_operation().get(operation, ())).items()
        if count
    ]
    return " ".join(parts) or "no version with it"


def _ranges(versions: Sequence[Version]) -> Iterator[str]:
    """Return versions as text; consecutive versions are a range."""
    first = versions[0]
    for one, following in zip(versions, [*versions[1:], None], strict=True):
        if following is None or following.minor != one.minor + 1:
            yield f"v{first}" if first == one else f"v{first} to v{one}"
            first = following or one


def _run(run: Recording) -> str:
    """Return the row of a run in the table of engines."""
    counts = _counts(run, run.outcomes)
    cells = (
        ", ".join(_ranges(run.versions)),
        f'<time datetime="{run.date}">{run.date}</time>',
        *(counts[key] for key in _WORDS),
    )
    build = f"<br><small>{_NOISE.sub('', escape(run.build))}</small>"
    return f'<tr><th scope="row">{escape(run.name)}{build}</th>{"".join(f"<td>{one}</td>" for one in cells)}</tr>'


def table_page() -> tuple[str, list[Entry]]:
    """Return the page of operations and engines, and its headings."""
    runs = recordings()
    rows: list[str] = []
    for binding in BINDINGS:
        operation = binding.operation.id
        where = operation_pages().get(operation)
        if where is None:
            continue
        cells = "".join(f"<td>{_cell(run, operation)}</td>" for run in runs)
        path, folder = breakable(binding.path), newest_folder(binding.operation)
        rows.append(
            f'<tr id="{operation}"><th scope="row"><a href="../{folder}/{where[0]}/#{where[1]}"><code>{binding.verb} '
            f"{path}</code></a></th>{cells}</tr>"
        )
    columns = ("Engine and build", "Versions", "Date", "Hold", "Differ", "Fail", "Not run")
    content = (
        "<h1>Compatibility</h1>"
        "<p>What became of the examples of each operation on engines that were asked, in the versions below. An "
        "example counts as what it is in the version in which it holds least; its own badges, on the pages, tell "
        "version by version. <em>Differ</em> means that the answer is another, which stands among the "
        '<a href="../latest/divergences/">divergences</a>.</p>'
        + heading(2, "runs", "Runs")
        + wide_table(columns, map(_run, runs), "runs")
        + heading(2, "operations", "Operations")
        + wide_table(("Operation", *(escape(run.name) for run in runs)), rows, "matrix")
        + heading(2, "your-own", "Run it on your own")
        + '<pre class="code" tabindex="0"><code>$ engine-api check unix:///var/run/docker.sock</code></pre>'
        "<p>It makes what it needs under names of its own, and deletes that again. "
        '<a href="../checking/">Check an engine</a> tells more.</p>'
    )
    titles = {"runs": "Runs", "operations": "Operations", "your-own": "Run it on your own"}
    return content, [Entry(2, id, title) for id, title in titles.items()]
