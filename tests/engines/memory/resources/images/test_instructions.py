"""Changes that import and commit take give what docker 28.5 gave."""

from typing import Any

import msgspec
import pytest

from engine_api.api.errors import InvalidParameter
from engine_api.api.images import ImageConfig
from engine_api.engines.memory.resources.images.instructions import apply_instructions


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (["CMD echo hi"], {"Cmd": ["/bin/sh", "-c", "echo hi"]}),
        (['cmd ["a","b"]', "ENTRYPOINT x"], {"Cmd": ["a", "b"], "Entrypoint": ["/bin/sh", "-c", "x"]}),
        (["CMD"], {"Cmd": ["/bin/sh", "-c"]}),
        (["ENV A=1", 'ENV B=$A C="x y"'], {"Env": ["A=1", "B=1", "C=x y"]}),
        (["EXPOSE 80 81/udp"], {"ExposedPorts": {"80/tcp": {}, "81/udp": {}}}),
        (["USER a"], {"User": "a"}),
        (["WORKDIR /a", "WORKDIR b"], {"WorkingDir": "/a/b"}),
        (["ONBUILD RUN x"], {"OnBuild": ["RUN x"]}),
        (
            ["HEALTHCHECK --interval=1s CMD x"],
            {"Healthcheck": {"Test": ["CMD-SHELL", "x"], "Interval": 1_000_000_000}},
        ),
        (["STOPSIGNAL 9"], {"StopSignal": "9"}),
        (["VOLUME /a /b"], {"Volumes": {"/a": {}, "/b": {}}}),
        (["USER a\nCMD b"], {"User": "a", "Cmd": ["/bin/sh", "-c", "b"]}),
        ([], {}),
    ],
)
def test_what_they_change(changes: list[str], expected: dict[str, Any]) -> None:
    assert msgspec.to_builtins(apply_instructions(ImageConfig(), changes)) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ENV A", "ENV must have two arguments"),
        ("ENV", "ENV requires at least one argument"),
        ("LABEL a=b c", 'Syntax error - can\'t find = in "c". Must be of the form: name=value'),
        ("EXPOSE x", "Invalid containerPort: x"),
        ("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"),
        ("HEALTHCHECK x", 'Unknown type "X" in HEALTHCHECK (try CMD)'),
        ("STOPSIGNAL nope", "invalid signal: nope"),
        ("PAINT it", "PAINT is not a valid change command"),
        ("RUN x", "RUN is not a valid change command"),
        ("", "file with no instructions"),
        ("# c", "file with no instructions"),
    ],
)
def test_what_is_refused(change: str, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        apply_instructions(ImageConfig(), [change])
    assert caught.value.message == message
