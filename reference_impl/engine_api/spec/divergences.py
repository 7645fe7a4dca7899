"""Where the responses of engines differ from the pages: the page `divergences`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from engine_api.api.versions import NEWEST, Span, Version
from engine_api.formats.json import JsonObject
from engine_api.spec.exchange import ExpectedResponse, Transcript, fences, http_step, transcript_step
from engine_api.spec.pages import page, span_of
from engine_api.spec.pattern import NotationError

__all__ = ["Divergence", "EngineIdentity", "divergences", "divergences_of"]

_CONDITION: Final = re.compile(r"([a-z-]+)((?:(?:<|<=|>|>=|=)[\d.]+ *)*)")
_BOUND: Final = re.compile(r"(<=|>=|<|>|=)([\d.]+)")


@dataclass(frozen=True)
class EngineIdentity:
    """Product, release and API versions of an engine."""

    product: str
    """`docker`, `podman` or `reference`."""
    release: str
    minimum: Version
    maximum: Version

    @classmethod
    def of(cls, version: JsonObject) -> EngineIdentity:
        """What the answer of `GET /version` says."""
        components = version.get("Components") or [{}]
        release = str(version.get("Version", "0"))
        product = "docker"
        if "podman" in str(components[0].get("Name", "")).lower():
            product, release = "podman", str(components[0].get("Version", release))
        elif "+reference" in release:
            product = "reference"
        return cls(
            product,
            release,
            Version.parse(str(version.get("MinAPIVersion") or "1.24")),
            Version.parse(str(version.get("ApiVersion") or "1.24")),
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """The first two numbers of the release."""
        return tuple(int(part) for part in re.findall(r"\d+", self.release)[:2])

    def fits(self, condition: str) -> bool:
        """Return whether the engine meets one of the conditions, such as `docker<28, podman`."""
        return any(self._fits(one.strip()) for one in condition.split(","))

    def _fits(self, condition: str) -> bool:
        match = _CONDITION.fullmatch(condition)
        if match is None:
            raise NotationError(f"{condition!r} names no engines; write docker<28")
        if match[1] != self.product:
            return False
        for sign, text in _BOUND.findall(match[2]):
            bound = tuple(int(part) for part in text.split("."))
            own = self.numbers[: len(bound)]
            holds = {
                "<": own < bound,
                "<=": own <= bound,
                ">": own > bound,
                ">=": own >= bound,
                "=": own == bound,
            }
            if not holds[sign]:
                return False
        return True

    def __str__(self) -> str:
        return f"{self.product} {self.release}"


@dataclass(frozen=True)
class Divergence:
    """A response of some engines that differs from an example."""

    id: str
    title: str
    example: str
    engines: str
    span: Span
    index: int | None
    """The number of the exchange in the example, from 1; None for any that fails."""
    responses: tuple[ExpectedResponse | Transcript, ...]


@cache
def divergences(root: Path | None = None) -> tuple[Divergence, ...]:
    """Return all divergences of the page.

    Raises:
        NotationError: a divergence is malformed.
    """
    try:
        source = page("divergences", NEWEST, root)
    except FileNotFoundError:
        return ()
    found: list[Divergence] = []
    for heading in source.headings:
        if "example" not in heading.attributes:
            continue
        responses: list[ExpectedResponse | Transcript] = []
        for fence in fences(heading.lines):
            kind = fence.info.split(" ")[0]
            step = http_step(fence, {}) if kind == "http" else transcript_step(fence) if kind == "stream" else None
            if isinstance(step, ExpectedResponse | Transcript):
                responses.append(step)
        number = heading.attributes.get("answer")
        found.append(
            Divergence(
                heading.id,
                heading.title,
                heading.attributes["example"],
                heading.attributes.get("engine", "docker"),
                span_of({k.removeprefix("api-"): v for k, v in heading.attributes.items()}),
                int(number) if number else None,
                tuple(responses),
            )
        )
    return tuple(found)


def divergences_of(
    name: str, engine: EngineIdentity, version: Version, root: Path | None = None
) -> Iterable[Divergence]:
    """Return the divergences of an example on an engine at a version."""
    return [
        one
        for one in divergences(root)
        if name in one.example.split(",") and version in one.span and engine.fits(one.engines)
    ]


def identify(body: bytes) -> EngineIdentity:
    """Return the engine that the response body of `GET /version` describes.

    Raises:
        ValueError: the body is not a JSON object.
    """
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("no object")
    return EngineIdentity.of(document)
