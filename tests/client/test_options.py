"""What clients are told beside the calls: headers, credentials, tracing."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from engine_api.api.errors import NotFound, Unauthorized
from engine_api.api.images import AuthConfig
from engine_api.api.versions import NEWEST
from engine_api.client import AsyncClient, Client, ConnectionFailed, Report
from engine_api.testing import RunningEngine, running_engine
from tests.serving import Served, serving


@pytest.fixture(scope="module")
def with_accounts() -> Iterator[RunningEngine]:
    with running_engine(accounts={"someone": "secret"}) as running:
        yield running


GOOD = AuthConfig(username="someone", password="secret")
BAD = AuthConfig(username="someone", password="wrong")


def test_credentials_are_asked_for_once_when_they_are_needed(with_accounts: RunningEngine) -> None:
    asked: list[str] = []

    def authenticate(operation: str) -> AuthConfig:
        asked.append(operation)
        return GOOD

    with Client(with_accounts.host, authenticate=authenticate) as client:
        assert client.distribution.inspect("busybox").descriptor
        assert asked == ["DistributionInspect"]
        with pytest.raises(NotFound):
            client.images.inspect("nope")
        with pytest.raises(Unauthorized):
            client.distribution.inspect("busybox", registry_auth=BAD)
        assert asked == ["DistributionInspect"]


@pytest.mark.parametrize("credentials", [BAD, None])
def test_credentials_that_do_not_help(with_accounts: RunningEngine, credentials: AuthConfig | None) -> None:
    with Client(with_accounts.host, authenticate=lambda _: credentials) as client, pytest.raises(Unauthorized):
        client.distribution.inspect("busybox")


def test_credentials_may_come_later(with_accounts: RunningEngine) -> None:
    async def authenticate(operation: str) -> AuthConfig:
        await asyncio.sleep(0)
        return GOOD

    async def scenario() -> None:
        async with AsyncClient(with_accounts.host, authenticate=authenticate) as client:
            assert (await client.distribution.inspect("busybox")).descriptor

    asyncio.run(scenario())


def test_each_exchange_is_reported(engine: RunningEngine) -> None:
    reports: list[Report] = []
    with Client(engine.host, trace=reports.append) as client:
        client.containers.list(all=True)
        with pytest.raises(NotFound):
            client.containers.inspect("nope")
    shown = [(one.operation, one.method, one.path, one.version, one.status) for one in reports]
    assert shown == [
        ("SystemPing", "GET", "/_ping", None, 200),
        ("ContainerList", "GET", f"/v{NEWEST}/containers/json?all=1", NEWEST, 200),
        ("ContainerInspect", "GET", f"/v{NEWEST}/containers/nope/json", NEWEST, 404),
    ]
    assert all(0 < one.seconds < 5 and one.error is None for one in reports)


def test_a_failure_is_reported(tmp_path: object) -> None:
    reports: list[Report] = []

    async def scenario() -> None:
        async with AsyncClient(f"unix://{tmp_path}/nothing.sock", version="1.44", trace=reports.append) as client:
            with pytest.raises(ConnectionFailed):
                await client.system.info()

    asyncio.run(scenario())
    assert [one.status for one in reports] == [None]
    assert "cannot be reached" in str(reports[0].error)


def test_headers_and_user_agent(tmp_path: object) -> None:
    seen: list[dict[str, str]] = []

    def spy(application: object) -> object:
        async def spying(scope: dict[str, object], receive: object, send: object) -> None:
            headers = scope["headers"]
            assert isinstance(headers, list)
            seen.append({name.decode(): value.decode() for name, value in headers})
            await application(scope, receive, send)  # type: ignore[operator]

        return spying

    with serving([f"unix://{tmp_path}/docker.sock"], wrap=spy) as served:
        _ask(served)
    assert seen[0]["x-team"] == "tests"
    assert seen[0]["user-agent"] == "mine/1"
    assert seen[1]["user-agent"] == "docker-engine-api"


def _ask(served: Served) -> None:
    with Client(served.address, version="1.44", headers={"X-Team": "tests"}, user_agent="mine/1") as client:
        client.system.info()
    with Client(served.address, version="1.44") as client:
        client.system.info()


def test_names_of_headers_differ_by_more_than_case() -> None:
    seen: list[list[bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append([value for name, value in request.headers.raw if name.lower() == b"user-agent"])
        return httpx.Response(200, json={})

    transport = httpx.MockTransport(answer)
    with Client(version="1.44", transport=transport, headers={"user-agent": "mine/2"}) as client:
        client.system.info()
    assert seen == [[b"mine/2"]]
