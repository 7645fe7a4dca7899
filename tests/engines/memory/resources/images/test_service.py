"""Images: what the pages do not show. What is expected was seen on docker 28.5, with a registry of its own."""

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any

import pytest

from engine_api.api.containers import ContainerConfig, ContainerCreateRequest
from engine_api.api.errors import Conflict, InternalError, InvalidParameter, NotFound, Unauthorized
from engine_api.api.images import AuthConfig, ProgressMessage
from engine_api.api.struct import UNSET
from engine_api.engines.memory.engine import MemoryEngine

REPOSITORY = "registry.example/team/app"


def scenario(**options: Any) -> Callable[[Callable[..., Awaitable[None]]], Callable[[], None]]:
    """Runs a test with an engine of its own."""

    def decorate(test: Callable[..., Awaitable[None]]) -> Callable[[], None]:
        async def whole() -> None:
            async with MemoryEngine(**options) as engine:
                await test(engine)

        @wraps(test)
        def run() -> None:
            asyncio.run(whole())

        del run.__wrapped__
        return run

    return decorate


async def told(messages: AsyncIterator[ProgressMessage]) -> list[ProgressMessage]:
    return [message async for message in messages]


async def statuses(messages: AsyncIterator[ProgressMessage]) -> list[str]:
    return [str(m.status) for m in await told(messages) if m.status is not UNSET]


async def failure(messages: AsyncIterator[ProgressMessage]) -> str:
    """The error that a stream ends with."""
    last = (await told(messages))[-1]
    assert last.error_detail
    assert last.error == last.error_detail.message
    return str(last.error)


async def ended(engine: MemoryEngine, name: str, script: str, image: str = "busybox", **config: Any) -> str:
    """A container that ran a script to its end."""
    request = ContainerCreateRequest(image=image, cmd=["sh", "-c", script], **config)
    identifier = (await engine.containers.create(request, name=name)).id
    await engine.containers.start(identifier)
    await engine.containers.wait(identifier)
    return identifier


async def pull(engine: MemoryEngine, name: str, **options: Any) -> list[ProgressMessage]:
    return await told(await engine.images.create(from_image=name, **options))


def events(engine: MemoryEngine) -> list[tuple[str, str, str]]:
    """What was told of images: what, of which, under which name."""
    found = []
    for event in engine.parts.events.history:
        if event.type == "image":
            assert event.actor
            attributes = event.actor.attributes or {}
            found.append((str(event.action), str(event.actor.id), attributes.get("name", "")))
    return found


# Registries


@scenario()
async def test_what_was_pushed_can_be_pulled_after_it_is_gone(engine: MemoryEngine) -> None:
    await ended(engine, "one", "echo hi > /greeting")
    made = await engine.images.commit(container="one", repo=REPOSITORY, tag="1")
    pushed = await told(await engine.images.push(REPOSITORY, tag="1"))
    assert isinstance(pushed[-1].aux, dict)
    digest = pushed[-1].aux["Digest"]
    assert isinstance(pushed[-2].status, str)
    assert pushed[-2].status.startswith(f"1: digest: {digest} size: ")
    await engine.containers.delete("one")
    await engine.images.delete(f"{REPOSITORY}:1")
    with pytest.raises(NotFound):
        await engine.images.inspect(made.id)
    pulled = await pull(engine, REPOSITORY, tag="1")
    assert [m.status for m in pulled if m.status in ("Already exists", "Pull complete")] == [
        "Already exists",
        "Pull complete",
    ]
    found = await engine.images.inspect(f"{REPOSITORY}@{digest}")
    assert found.id == made.id
    assert found.parent is UNSET
    await ended(engine, "two", "cat /greeting", image=f"{REPOSITORY}:1")


@scenario()
async def test_a_layer_is_sent_once_and_mounted_from_other_repositories(engine: MemoryEngine) -> None:
    await engine.images.tag("busybox", repo=REPOSITORY, tag="1")
    await engine.images.tag("busybox", repo="registry.example/other", tag="1")
    await engine.images.tag("busybox", repo="someone/tools", tag="1")
    assert "Pushed" in await statuses(await engine.images.push(REPOSITORY, tag="1"))
    assert "Layer already exists" in await statuses(await engine.images.push(REPOSITORY, tag="1"))
    assert "Mounted from team/app" in await statuses(await engine.images.push("registry.example/other", tag="1"))
    assert "Mounted from library/busybox" in await statuses(await engine.images.push("someone/tools", tag="1"))


@scenario()
async def test_without_a_tag_every_tag_is_pushed_and_pulled(engine: MemoryEngine) -> None:
    await engine.images.tag("busybox", repo=REPOSITORY, tag="1")
    await engine.images.tag("alpine", repo=REPOSITORY, tag="2")
    pushed = await told(await engine.images.push(REPOSITORY))
    assert [m.aux["Tag"] for m in pushed if isinstance(m.aux, dict)] == ["1", "2"]
    for tag in ("1", "2"):
        await engine.images.delete(f"{REPOSITORY}:{tag}")
    pulled = await pull(engine, REPOSITORY)
    assert [m.id for m in pulled if str(m.status).startswith("Pulling from")] == ["1", "2"]
    assert pulled[-1].status == f"Status: Downloaded newer image for {REPOSITORY}"
    assert (await engine.images.inspect(f"{REPOSITORY}:2")).id == (await engine.images.inspect("alpine")).id


@scenario()
async def test_a_registry_of_examples_has_only_what_was_pushed(engine: MemoryEngine) -> None:
    words = f"manifest for {REPOSITORY}:1 not found: manifest unknown: manifest unknown"
    with pytest.raises(NotFound, match=words):
        await engine.images.create(from_image=REPOSITORY, tag="1")
    with pytest.raises(NotFound, match="manifest unknown: manifest unknown"):
        await engine.distribution.inspect(f"{REPOSITORY}:1")
    with pytest.raises(NotFound, match="localhost:5000/app:latest not found"):
        await engine.images.create(from_image="localhost:5000/app", tag="latest")


@scenario()
async def test_official_repositories_take_nothing(engine: MemoryEngine) -> None:
    await engine.images.tag("busybox", repo="mine")
    said = await failure(await engine.images.push("mine", tag="latest"))
    assert said == "denied: requested access to the resource is denied"


@scenario(accounts={"user": "secret"})
async def test_accounts_are_asked_for_everywhere(engine: MemoryEngine) -> None:
    right, wrong = AuthConfig(username="user", password="secret"), AuthConfig(username="user", password="guess")
    assert (await engine.system.auth(right)).status == "Login Succeeded"
    for bad in (wrong, AuthConfig(), AuthConfig(username="user", password="")):
        with pytest.raises(Unauthorized, match="unauthorized: incorrect username or password"):
            await engine.system.auth(bad)
    await engine.images.tag("busybox", repo=REPOSITORY, tag="1")
    assert await failure(await engine.images.push(REPOSITORY, tag="1")) == "no basic auth credentials"
    said = await failure(await engine.images.push(REPOSITORY, tag="1", registry_auth=wrong))
    assert said == "unauthorized: authentication required"
    assert "Pushed" in await statuses(await engine.images.push(REPOSITORY, tag="1", registry_auth=right))
    with pytest.raises(InternalError, match='Head "https://registry.example/v2/team/app/manifests/1": no basic auth'):
        await engine.images.create(from_image=REPOSITORY, tag="1")
    with pytest.raises(Unauthorized):
        await engine.distribution.inspect(f"{REPOSITORY}:1")
    assert (await engine.distribution.inspect(f"{REPOSITORY}:1", registry_auth=right)).descriptor.digest
    assert (await pull(engine, REPOSITORY, tag="1", registry_auth=right))[-1].error is UNSET


@scenario(catalogue=["redis:7"])
async def test_a_catalogue_is_all_that_there_is_besides_what_was_pushed(engine: MemoryEngine) -> None:
    assert (await engine.distribution.inspect("redis:7")).platforms[0].architecture == "amd64"
    with pytest.raises(NotFound, match="manifest unknown"):
        await engine.distribution.inspect("redis:8")
    with pytest.raises(Unauthorized, match="requested access to the resource is denied"):
        await engine.distribution.inspect("busybox")
    assert [one.name for one in await engine.images.search("e")] == ["redis"]
    await engine.images.tag("busybox", repo="someone/tools", tag="1")
    await told(await engine.images.push("someone/tools", tag="1"))
    assert [one.name for one in await engine.images.search("tools")] == ["someone/tools"]
    assert (await pull(engine, "someone/tools", tag="1"))[-1].error is UNSET


@scenario()
async def test_what_a_registry_tells_is_what_a_push_told(engine: MemoryEngine) -> None:
    await engine.images.tag("busybox", repo=REPOSITORY, tag="1")
    pushed = (await told(await engine.images.push(REPOSITORY, tag="1")))[-1].aux
    assert isinstance(pushed, dict)
    found = await engine.distribution.inspect(f"{REPOSITORY}:1")
    assert (found.descriptor.digest, found.descriptor.size) == (pushed["Digest"], pushed["Size"])
    again = await engine.distribution.inspect(f"{REPOSITORY}@{pushed['Digest']}")
    assert again.descriptor == found.descriptor


# Searching


@scenario()
async def test_filters_of_a_search(engine: MemoryEngine) -> None:
    names = [one.name for one in await engine.images.search("a", limit=100)]
    assert "alpine" in names
    assert [one.name for one in await engine.images.search("a", limit=2)] == names[:2]
    assert await engine.images.search("alpine", filters={"is-automated": ["true"]}) == []
    assert await engine.images.search("alpine", filters={"is-official": ["false"]}) == []
    assert [one.name for one in await engine.images.search("alpine", filters={"is-official": ["1"]})] == ["alpine"]
    many = (await engine.images.search("alpine"))[0].star_count
    assert await engine.images.search("alpine", filters={"stars": [str(many + 1)]}) == []
    assert len(await engine.images.search("alpine", filters={"stars": [str(many)]})) == 1
    assert await engine.images.search("registry.example/alpine") == []


@scenario()
async def test_limits_of_a_search(engine: MemoryEngine) -> None:
    assert len(await engine.images.search("", limit=0)) <= 25
    for limit in (-1, 101):
        with pytest.raises(InvalidParameter, match=rf"limit {limit} is outside the range of \[1, 100\]"):
            await engine.images.search("alpine", limit=limit)


# Naming and removing


@scenario()
async def test_names_are_listed_in_their_order(engine: MemoryEngine) -> None:
    for repo in ("zeta", "alpha", "example.com/mid"):
        await engine.images.tag("busybox", repo=repo)
    expected = ["alpha:latest", "busybox:latest", "example.com/mid:latest", "zeta:latest"]
    assert (await engine.images.inspect("busybox")).repo_tags == expected
    assert (await engine.images.history("busybox"))[0].tags == expected


@scenario()
async def test_an_image_that_others_are_made_on_loses_only_its_name(engine: MemoryEngine) -> None:
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["x"]), name="one")
    middle = (await engine.images.commit(container="one", repo="middle")).id
    await engine.containers.create(ContainerCreateRequest(image="middle", cmd=["y"]), name="two")
    top = (await engine.images.commit(container="two", repo="top")).id
    for name in ("one", "two"):
        await engine.containers.delete(name)
    with pytest.raises(Conflict, match="cannot be forced.*image has dependent child images"):
        await engine.images.delete(middle, force=True)
    assert [item.untagged for item in await engine.images.delete("middle")] == ["middle:latest"]
    assert middle not in [image.id for image in await engine.images.list()]
    assert middle in [image.id for image in await engine.images.list(all=True)]
    assert [step.id for step in await engine.images.history("top")][:2] == [top, middle]
    done = await engine.images.delete("top")
    assert [item.deleted for item in done if item.deleted is not UNSET] == [top, middle]


@scenario()
async def test_with_noprune_what_an_image_was_made_on_stays(engine: MemoryEngine) -> None:
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["x"]), name="one")
    middle = (await engine.images.commit(container="one")).id
    await engine.containers.create(ContainerCreateRequest(image=middle, cmd=["y"]), name="two")
    await engine.images.commit(container="two", repo="top")
    for name in ("one", "two"):
        await engine.containers.delete(name)
    await engine.images.delete("top", noprune=True)
    assert (await engine.images.inspect(middle)).id == middle


# From containers


@scenario()
async def test_a_commit_keeps_what_the_container_and_the_body_say(engine: MemoryEngine) -> None:
    await ended(
        engine,
        "one",
        "true",
        env=["A=a", "B=b"],
        labels={"x": "1", "y": "1"},
        exposed_ports={"80/tcp": {}},
        working_dir="/w",
        user="1000",
        stop_signal="SIGINT",
    )
    own = ContainerConfig(env=["B=other", "C=c"], labels={"y": "2"}, exposed_ports={"81/tcp": {}}, entrypoint=["/e"])
    made = await engine.images.commit(own, container="one", changes=["WORKDIR sub", "EXPOSE 82/udp", "USER 0"])
    config = (await engine.images.inspect(made.id)).config
    assert config
    assert [e for e in config.env or [] if not e.startswith("PATH=")] == ["B=other", "C=c", "A=a"]
    assert config.labels == {"x": "1", "y": "2"}
    assert sorted(config.exposed_ports or {}) == ["80/tcp", "81/tcp", "82/udp"]
    assert (config.user, config.stop_signal) == ("0", "SIGINT")
    assert config.entrypoint == ["/e"]
    assert config.cmd is UNSET


@scenario()
async def test_a_commit_has_what_changed_only_and_nothing_of_mounts(engine: MemoryEngine) -> None:
    await ended(engine, "one", "echo x > /v/in; echo hi > /out; rm /bin/ls", volumes={"/v": {}})
    made = (await engine.images.commit(container="one")).id
    assert (await engine.images.history(made))[0].size == 3
    await ended(engine, "two", "cat /out; ls / || cat /v/in", image=made)
    output = await engine.containers.logs("two", stdout=True, stderr=True)
    written = b"".join([chunk.data for chunks in [await output.receive()] for chunk in chunks])
    assert written.startswith(b"hi\n")
    assert b"can't open '/v/in'" in written


@scenario()
async def test_a_running_container_is_paused_for_a_commit_and_goes_on(engine: MemoryEngine) -> None:
    request = ContainerCreateRequest(image="busybox", cmd=["sleep", "300"])
    identifier = (await engine.containers.create(request, name="one")).id
    await engine.containers.start("one")
    await engine.images.commit(container="one", repo="kept", comment="why")
    await engine.images.commit(container="one", pause=False)
    container = await engine.containers.inspect("one")
    assert container.state
    assert container.state.status == "running"
    actions = [
        (event.action, (event.actor.attributes or {}).get("imageRef"))
        for event in engine.parts.events.history
        if event.actor and event.actor.id == identifier and event.action in ("pause", "unpause", "commit")
    ]
    assert actions == [("pause", None), ("commit", "kept:latest"), ("unpause", None), ("commit", "")]


@scenario()
async def test_what_a_container_writes_later_is_not_in_the_image(engine: MemoryEngine) -> None:
    script = "exec > /log; echo before; while [ ! -e /go ]; do sleep 0.01; done; echo after"
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["sh", "-c", script]), name="one")
    await engine.containers.start("one")
    container = engine.parts.containers.find("one")
    async with asyncio.timeout(10):
        while not container.fs.exists("/log") or not container.fs.read("/log"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    made = await engine.images.commit(container="one")
    container.fs.write("/go", b"")
    await engine.containers.wait("one")
    assert container.fs.read("/log") == b"before\nafter\n"
    await ended(engine, "two", "cat /log", image=made.id)
    chunks = await (await engine.containers.logs("two", stdout=True)).receive()
    assert b"".join(chunk.data for chunk in chunks) == b"before\n"


# Pruning


@scenario()
async def test_only_what_no_container_uses_is_pruned(engine: MemoryEngine) -> None:
    await ended(engine, "one", "echo hello > /greeting")
    free = (await engine.images.commit(container="one")).id
    used = (await engine.images.commit(ContainerConfig(labels={"a": "b"}), container="one")).id
    await engine.containers.create(ContainerCreateRequest(image=used, cmd=["x"]), name="two")
    done = await engine.images.prune()
    assert [item.deleted for item in done.images_deleted or []] == [free]
    assert done.space_reclaimed == 0  # the layer is the other image's, too
    await engine.containers.delete("two")
    done = await engine.images.prune()
    assert (done.images_deleted or [])[0].deleted == used
    assert done.space_reclaimed == len("hello\n")


@scenario()
async def test_filters_of_a_prune(engine: MemoryEngine) -> None:
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["x"]), name="one")
    red = (await engine.images.commit(ContainerConfig(labels={"colour": "red"}), container="one")).id
    blue = (await engine.images.commit(ContainerConfig(labels={"colour": "blue"}), container="one", repo="blue")).id
    assert (await engine.images.prune(filters={"until": ["24h"]})).images_deleted is None
    assert (await engine.images.prune(filters={"label": ["colour=blue"]})).images_deleted is None
    assert (await engine.images.prune(filters={"label!": ["colour"]})).images_deleted is None
    done = await engine.images.prune(filters={"label!": ["colour=blue"]})
    assert [item.deleted for item in done.images_deleted or []] == [red]
    done = await engine.images.prune(filters={"dangling": ["false"], "label": ["colour"]})
    assert [(item.untagged, item.deleted) for item in done.images_deleted or []] == [
        ("blue:latest", UNSET),
        (UNSET, blue),
    ]


# What is told


@scenario()
async def test_events_are_those_of_engines(engine: MemoryEngine) -> None:
    busybox = (await engine.images.inspect("busybox")).id
    name = f"{REPOSITORY}:1"
    await engine.images.tag("busybox", repo=REPOSITORY, tag="1")
    await told(await engine.images.push(REPOSITORY, tag="1"))
    archive = b"".join([piece async for piece in await engine.images.get(name)])
    await engine.images.delete(name)

    async def body() -> AsyncIterator[bytes]:
        yield archive

    await told(await engine.images.load(body()))
    await engine.images.delete(name)
    await pull(engine, REPOSITORY, tag="1")
    assert events(engine) == [
        ("tag", busybox, name),
        ("push", name, REPOSITORY),
        ("save", busybox, busybox),
        ("untag", busybox, busybox),
        ("load", busybox, busybox),
        ("untag", busybox, busybox),
        ("pull", name, REPOSITORY),
    ]


@scenario()
async def test_events_of_what_is_made_and_pruned(engine: MemoryEngine) -> None:
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["x"]), name="one")
    made = (await engine.images.commit(container="one", repo="mine", tag="1")).id
    await engine.images.prune(filters={"dangling": ["false"], "label": ["none"]})
    await engine.images.delete("mine:1")
    assert events(engine) == [
        ("create", made, made),
        ("tag", made, "mine:1"),
        ("prune", "", ""),
        ("untag", made, made),
        ("delete", made, made),
    ]


# Built images


@scenario()
async def test_the_history_of_a_built_image_has_its_instructions(engine: MemoryEngine) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        text = b"FROM busybox\nRUN echo hi > /greeting\nCMD cat /greeting\n"
        info = tarfile.TarInfo("Dockerfile")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))

    async def body() -> AsyncIterator[bytes]:
        yield buffer.getvalue()

    async for _ in await engine.builder.build(context=body(), tags=["built"]):
        pass
    steps = await engine.images.history("built")
    assert [(step.created_by, step.size) for step in steps[:2]] == [
        ('/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "cat /greeting"]', 0),
        ("/bin/sh -c echo hi > /greeting", 3),
    ]
    assert all(step.id.startswith("sha256:") for step in steps[:3])
    assert steps[2].tags == ["busybox:latest"]
