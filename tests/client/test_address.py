"""Which engine the environment means."""

import hashlib
import json
from pathlib import Path

import pytest

from engine_api.api.versions import Version
from engine_api.client import AddressError, EngineAddress, resolve


def test_the_default() -> None:
    assert str(resolve({"HOME": "/nobody"})) == "unix:///var/run/docker.sock"


def test_docker_host_and_version() -> None:
    found = resolve({"DOCKER_HOST": "tcp://127.0.0.1:2375", "DOCKER_API_VERSION": "1.41"})
    assert (found.host, found.port, found.version) == ("127.0.0.1", 2375, Version(1, 41))


def make_context(folder: Path, name: str, host: str) -> None:
    path = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    path.mkdir(parents=True)
    (path / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))


def test_contexts(tmp_path: Path) -> None:
    make_context(tmp_path, "far", "unix:///far.sock")
    make_context(tmp_path, "near", "unix:///near.sock")
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "far"}))
    base = {"DOCKER_CONFIG": str(tmp_path)}
    assert resolve(base).path == "/far.sock"
    assert resolve({**base, "DOCKER_CONTEXT": "near"}).path == "/near.sock"
    assert resolve({**base, "DOCKER_HOST": "unix:///host.sock"}).path == "/host.sock"
    with pytest.raises(AddressError, match="no docker context 'gone'"):
        resolve({**base, "DOCKER_CONTEXT": "gone"})


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("docker.sock", "is no address"),
        ("unix://relative", "must be absolute"),
        ("ssh://host", "not supported"),
        ("tcp://", "is no address"),
        ("tcp://host:port", "host:port"),
        ("gopher://host", "there is no gopher://"),
    ],
)
def test_addresses_that_make_no_sense(url: str, problem: str) -> None:
    with pytest.raises(AddressError, match=problem):
        EngineAddress.parse(url)


def test_a_version_that_is_none() -> None:
    with pytest.raises(AddressError, match="DOCKER_API_VERSION"):
        resolve({"DOCKER_HOST": "unix:///x", "DOCKER_API_VERSION": "new"})


def test_missing_certificates(tmp_path: Path) -> None:
    environ = {"DOCKER_HOST": "tcp://h:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    with pytest.raises(AddressError, match="TLS files"):
        resolve(environ)
