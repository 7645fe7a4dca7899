"""A reference server in a thread of its own, for clients that block and clients that do not."""

import uuid
from collections.abc import Iterator

import pytest

from engine_api.client import Client
from tests.certificates import Certificates
from tests.serving import Served, serving


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the reference server listens."""
    with serving([f"unix://{tmp_path_factory.mktemp('client')}/docker.sock"]) as served:
        yield served.address


@pytest.fixture(params=["1.24", "1.41", "1.44", None])
def client(request: pytest.FixtureRequest, address: str) -> Iterator[Client]:
    """The blocking client, in several versions."""
    with Client(address, version=request.param) as client:
        yield client


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"t-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of the server behind TLS, and of its clients."""
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def behind_tls(certificates: Certificates) -> Iterator[Served]:
    """A reference server that only clients with certificates get to."""
    with serving(["tcp://127.0.0.1:0"], tls=certificates.files) as served:
        yield served
