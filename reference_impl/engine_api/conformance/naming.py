"""The names of an example's containers, images, networks and volumes on the engine that runs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from engine_api.spec.exchange import Example, Request
from engine_api.spec.given import Condition

__all__ = ["NAMING_PATHS", "Naming"]

NAMING_PATHS: Final = ("/images/create", "/tag", "/commit")
"""Suffixes of paths whose query parameter `repo` names an image."""


class Naming:
    """Makes the names of an example unique, so that examples can run side by side on one engine.

    Args:
        example: the example.
        conditions: what the example needs.
        suffix: suffix of the names of containers, images, networks and volumes.
        registry: replaces the registries that the example names. Default: they are kept.
    """

    def __init__(self, example: Example, conditions: Sequence[Condition], suffix: str, registry: str | None) -> None:
        self._registry = registry
        self._hosts = [condition.name for condition in conditions if condition.kind == "registry at"]
        names = _names(example, conditions) if suffix else set()
        self._names = re.compile(r"(?<![\w{-])(?:" + "|".join(map(re.escape, sorted(names))) + r")(?![\w-])")
        self._suffix = suffix if names else ""

    def own(self, text: str) -> str:
        """Return a string with the names that the example has on this engine."""
        if self._registry:
            for host in self._hosts:
                text = text.replace(host, self._registry)
        return self._names.sub(lambda found: found[0] + self._suffix, text) if self._suffix else text


_PREDEFINED: Final = ("bridge", "host", "none", "default")
"""Names of predefined networks, which get no suffix."""


def _names(example: Example, conditions: Sequence[Condition]) -> set[str]:
    """Return the names of the containers, networks, volumes and images that an example creates."""
    names = {c.name for c in conditions if c.kind in ("created", "running", "exited", "network", "volume")}
    names |= {c.name.partition(":")[0] for c in conditions if c.kind == "imported"}
    for step in example.steps:
        if isinstance(step, Request):
            parts = urlsplit(step.path)
            query = dict(parse_qsl(parts.query))
            naming = parts.path.endswith(("/containers/create", "/rename"))
            if naming and re.fullmatch(r"/?[\w.-]+", query.get("name", "")):
                names.add(query["name"].lstrip("/"))
            if parts.path == "/build":
                tags = (value.partition(":")[0] for key, value in parse_qsl(parts.query) if key == "t")
                names.update(tag for tag in tags if re.fullmatch(r"[a-z0-9_-]+", tag))
            if parts.path.endswith(NAMING_PATHS) and re.fullmatch(r"(?!sha256$)[a-z0-9_./-]+", query.get("repo", "")):
                names.add(query["repo"].rpartition("/")[2])
            names.update(re.findall(r'"RepoTags": ?\["([a-z0-9_-]+):', step.body))
            named = re.search(r'"Name": *"([a-z][\w.-]*)"', step.body)
            creates = parts.path.endswith(("/networks/create", "/volumes/create"))
            if creates and named and named[1] not in _PREDEFINED:
                names.add(named[1])
    return names
