"""Compares an official document of a version with ours.

    python scripts/compare_official.py v1.56.yaml 1.56
    python scripts/compare_official.py openapi.yaml 1.56 --extras --ignore more.ignore

The document is swagger 2.0 or OpenAPI 3, as YAML or JSON. Compared are operations, parameters in queries and headers,
statuses, and the fields of bodies with their types. What official documents are known to say wrongly is listed in
tests/data/official-errors.ignore; `--ignore` adds files of the same form. The exit code is 0 if nothing is missing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from engine_api.api.versions import Version
from engine_api.openapi import document

IGNORED = Path(__file__).parents[1] / "tests" / "data" / "official-errors.ignore"
VERBS = ("get", "put", "post", "delete", "head")
Schema = Any
Facts = dict[tuple[str, str], frozenset[str]]
"""Of each kind and place, the types of what is there; none where a type says nothing."""


class Document:
    """A document, read as facts.

    Args:
        content: the document.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def resolve(self, node: Any) -> Any:
        """What a reference stands for; everything else is returned as it is."""
        while isinstance(node, dict) and "$ref" in node:
            found: Any = self._content
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def facts(self) -> Facts:
        """Every fact; places of paths are without the names in braces and without a version."""
        found: Facts = {}
        for path, item in self._content["paths"].items():
            place = re.sub(r"\{[^}]*\}", "{}", re.sub(r"^/v1\.\d+(?=/)", "", path))
            for verb, operation in item.items():
                if verb in VERBS:
                    name = f"{verb.upper()} {place}"
                    found["operation", name] = frozenset()
                    found.update(self._operation(name, [*item.get("parameters", ()), *operation.get("parameters", ())]))
                    found.update(self._bodies(name, operation))
        return found

    def _operation(self, name: str, parameters: list[Any]) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        for parameter in map(self.resolve, parameters):
            where = parameter["in"]
            if where == "body":
                yield from self._fields(f"{name} request", "", [parameter.get("schema")], ())
            elif where in ("query", "header"):
                # JSON in a parameter is a string on the wire
                schema = {"type": "string"} if "content" in parameter else parameter.get("schema", parameter)
                own = parameter["name"].lower() if where == "header" else parameter["name"]
                yield ("parameter", f"{name} {where} {own}"), self._flat([schema]).types

    def _bodies(self, name: str, operation: dict[str, Any]) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        yield from self._fields(f"{name} request", "", _schemas(self.resolve(operation.get("requestBody", {}))), ())
        for status, response in operation["responses"].items():
            yield ("status", f"{name} {status}"), frozenset()
            yield from self._fields(f"{name} {status}", "", _schemas(self.resolve(response)), ())

    def _fields(
        self, where: str, path: str, schemas: list[Schema], above: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        """The fields of a body; a type within itself is read once."""
        if not schemas:
            return
        flat = self._flat(schemas)
        yield ("field", f"{where} {path or '(body)'}"), flat.types
        if flat.references & set(above):
            return
        above += tuple(flat.references)
        for name, own in flat.properties.items():
            yield from self._fields(where, f"{path}.{name}" if path else name, own, above)
        yield from self._fields(where, f"{path}[]", flat.items, above)
        yield from self._fields(where, f"{path}{{}}", flat.values, above)

    def _flat(self, schemas: list[Schema]) -> Flat:
        flat = Flat()
        for schema in schemas:
            self._flatten(schema, flat)
        return flat

    def _flatten(self, schema: Schema, flat: Flat) -> None:
        if isinstance(schema, dict) and "$ref" in schema:
            flat.references.add(schema["$ref"])
            self._flatten(self.resolve(schema), flat)
            return
        if not isinstance(schema, dict):
            return
        kinds = schema.get("type", "object" if "properties" in schema else [])
        flat.types |= {kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"}
        for name, own in schema.get("properties", {}).items():
            flat.properties.setdefault(name, []).append(own)
        if isinstance(schema.get("items"), dict):
            flat.items.append(schema["items"])
        if isinstance(schema.get("additionalProperties"), dict):
            flat.values.append(schema["additionalProperties"])
        for key in ("allOf", "anyOf", "oneOf"):
            for one in schema.get(key, ()):
                self._flatten(one, flat)


class Flat:
    """Schemas as one: their types, and what is below."""

    def __init__(self) -> None:
        self.types: frozenset[str] = frozenset()
        self.properties: dict[str, list[Schema]] = {}
        self.items: list[Schema] = []
        self.values: list[Schema] = []
        self.references: set[str] = set()


def _schemas(body: dict[str, Any]) -> list[Schema]:
    """The schemas of a request body or response, in each of its media types."""
    own = [body["schema"]] if "schema" in body else []
    kinds = [kind.get("schema", kind.get("itemSchema")) for kind in body.get("content", {}).values()]
    return own + [kind for kind in kinds if kind is not None]


def ignored(paths: list[Path], version: Version) -> list[tuple[str, re.Pattern[str]]]:
    """What is not compared: kinds, and patterns of places; what is below such a place is ignored, too."""
    found = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            versions, kind, pattern, _ = (part.strip() for part in line.split("|", 3))
            if any(_within(version, part.strip()) for part in versions.split(",")):
                text = "".join(".*" if one == "*" else re.escape(one) for one in _unnamed(pattern))
                case = re.IGNORECASE if kind == "parameter" else 0  # names of headers have none
                found.append((kind, re.compile(rf"{text}(?:$|(?=[ .\[{{]))", case)))
    return found


def _within(version: Version, text: str) -> bool:
    first, dash, last = text.partition("-")
    if text == "*":
        return True
    until = Version.parse(last) if last else version if dash else Version.parse(first)
    return (not first or Version.parse(first) <= version) and version <= until


def _unnamed(place: str) -> str:
    """A place without the names in the braces of its path."""
    return re.sub(r"(?<=/)\{[^}/]*\}", "{}", place)


def compare(official: Facts, ours: Facts, skipped: list[tuple[str, re.Pattern[str]]]) -> list[str]:
    """What ours lacks or has with another type, a line each."""
    lines: list[str] = []
    missing: list[str] = []
    for (kind, place), types in official.items():
        if any(own in ("*", kind, "operation") and pattern.match(place) for own, pattern in skipped):
            continue
        if any(place.startswith((f"{above} ", f"{above}.", f"{above}[", f"{above}{{")) for above in missing):
            continue
        known = ours.get((kind, place))
        if known is None:
            missing.append(place)
            lines.append(f"missing {kind} {place}")
        elif (
            types
            and known
            and not types & known
            and not any(own == "type" and pattern.match(place) for own, pattern in skipped)
        ):
            lines.append(f"type {place}: official {'/'.join(sorted(types))}, ours {'/'.join(sorted(known))}")
    return lines


def main() -> int:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=Path)
    parser.add_argument("version", type=Version.parse)
    parser.add_argument("--ignore", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--extras", action="store_true", help="also list what ours has and the document has not")
    options = parser.parse_args()
    text = options.document.read_text("utf-8")
    official = Document(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))).facts()
    ours = Document(document(options.version)).facts()
    lines = compare(official, ours, ignored([IGNORED, *options.ignore], options.version))
    for line in lines:
        print(line)
    if options.extras:
        for kind, place in sorted(set(ours) - set(official)):
            print(f"extra {kind} {place}")
    print(f"v{options.version}: {len(official)} facts, {len(lines)} differences")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
