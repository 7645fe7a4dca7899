"""YAML as compose files have it: version 1.2, in which `22:22` is a text and `yes` too."""

from __future__ import annotations

import re

import yaml

from engine_api.engines.memory.seed.document import SeedError

__all__ = ["read_yaml"]


class _Loader(yaml.SafeLoader):
    """Takes for numbers and the like what YAML 1.2 takes for them, and no key twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # so it is in the library
        first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:merge"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """A mapping of texts."""
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value} is there twice", key.start_mark)
                seen.add(key.value)
        return {_text(key): value for key, value in super().construct_mapping(node, deep=deep).items()}


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+)$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _text(key: object) -> object:
    return str(key) if isinstance(key, int | float) else key


def read_yaml(text: str, source: str) -> object:
    """The one document of a text; None for an empty one.

    Raises:
        SeedError: it is no YAML, or has a key twice.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise SeedError(source, place, error.problem or "it is no YAML") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise SeedError(source, "", f"it is no YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise SeedError(source, "", "it nests too deep") from None
