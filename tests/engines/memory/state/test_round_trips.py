"""What is kept comes back as it was, kind by kind: from a store on the disk, and from a snapshot."""

import asyncio
import io
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine_api.api import (
    IPAM,
    ContainerConfig,
    ContainerCreateRequest,
    EndpointSettings,
    HealthConfig,
    HostConfig,
    IPAMConfig,
    Mount,
    NetworkConnectRequest,
    NetworkCreateRequest,
    PortBinding,
    RestartPolicy,
    VolumeCreateRequest,
)
from engine_api.api.networks import EndpointIPAMConfig, NetworkingConfig
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.state import Durable, StateStore
from engine_api.engines.memory.userland.process import Process

Prepare = Callable[[MemoryEngine], object]


@asynccontextmanager
async def kept(folder: Path, prepare: Prepare = lambda engine: None, **options: Any) -> AsyncIterator[Any]:
    """An engine with its state in a folder, as the command serves it."""
    async with MemoryEngine(**options) as memory:
        prepare(memory)
        with StateStore(folder) as store:
            async with Durable(memory, store) as durable:
                yield durable.engine


def crashed(folder: Path) -> Path:
    """What the disk would have if the engine were killed now."""
    return Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-crashed"), dirs_exist_ok=True))


async def bytes_of(*files: tuple[str, bytes]) -> AsyncIterator[bytes]:
    yield packed(*files)


def packed(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.uid = len(data), 1_600_000_000, 7
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "gone"
        archive.addfile(link)
        pipe = tarfile.TarInfo("pipe")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
    return buffer.getvalue()


async def messages(stream: Any) -> list[Any]:
    return [message async for message in stream]


async def output(engine: Any, container: str) -> bytes:
    log = await engine.containers.logs(container, stdout=True, stderr=True)
    found = b""
    async with log:
        while chunks := await log.receive():
            found += b"".join(chunk.data for chunk in chunks)
    return found


async def content(engine: Any, container: str, path: str) -> bytes:
    return b"".join([piece async for piece in await engine.containers.archive(container, path=path)])


async def everything(engine: Any) -> dict[str, Any]:
    """All that can be looked at."""
    containers = await engine.containers.list(all=True, size=True)
    images = await engine.images.list(all=True)
    networks = await engine.networks.list()
    found: dict[str, Any] = {
        "info": (await engine.system.info()).id,
        "usage": await engine.system.data_usage(),
        "containers": [await engine.containers.inspect(one.id, size=True) for one in containers],
        "order": [one.id for one in containers],
        "logs": [await output(engine, one.id) for one in containers],
        "changes": [await engine.containers.changes(one.id) for one in containers],
        "images": [await engine.images.inspect(one.id) for one in images],
        "listed": [(one.id, one.repo_tags, one.repo_digests, one.parent_id, one.size) for one in images],
        "history": [await engine.images.history(one.id) for one in images],
        "networks": [await engine.networks.inspect(one.id) for one in networks],
        "volumes": await engine.volumes.list(),
    }
    plain: dict[str, Any] = msgspec.to_builtins(found)
    for one in plain["usage"]["Containers"]:
        del one["Status"]  # says how long ago
    return plain


async def fill(engine: Any) -> None:
    """One of each kind of thing, nothing of which runs."""
    await engine.volumes.create(VolumeCreateRequest(name="data", labels={"a": "b"}))
    await engine.volumes.create(VolumeCreateRequest(name="apple"))
    await engine.networks.create(
        NetworkCreateRequest(
            name="inner",
            enable_ipv6=True,
            internal=True,
            labels={"x": ""},
            ipam=IPAM(
                config=[
                    IPAMConfig(subnet="10.7.0.0/24", ip_range="10.7.0.128/25", gateway="10.7.0.9"),
                    IPAMConfig(subnet="fd00:7::/64", auxiliary_addresses={"one": "fd00:7::9"}),
                ]
            ),
        )
    )
    await engine.networks.create(NetworkCreateRequest(name="second"))
    endpoint = EndpointSettings(aliases=["alias"], ipam_config=EndpointIPAMConfig(ipv4_address="10.7.0.200"))
    host = HostConfig(
        network_mode="inner",
        binds=["data:/data"],
        mounts=[Mount(type="tmpfs", target="/scratch"), Mount(type="image", source="alpine", target="/image")],
        port_bindings={"80/tcp": [PortBinding(host_port="8080")]},
        restart_policy=RestartPolicy(name="on-failure", maximum_retry_count=3),
        memory=64 << 20,
        readonly_rootfs=False,
    )
    made = await engine.containers.create(
        ContainerCreateRequest(
            image="busybox",
            cmd=["sh", "-c", "echo out; echo err >&2; echo in > /data/file; printf begun"],
            env=["A=b"],
            labels={"l": "é"},
            exposed_ports={"80/tcp": {}},
            volumes={"/anonymous": {}},
            healthcheck=HealthConfig(test=["CMD", "true"]),
            host_config=host,
            networking_config=NetworkingConfig(endpoints_config={"inner": endpoint}),
        ),
        name="all",
    )
    await engine.containers.start(made.id)
    await engine.containers.wait(made.id)
    await engine.containers.put_archive(made.id, bytes_of(("put", b"p" * 9000), ("small", b"s")), path="/tmp")
    await engine.networks.connect("second", NetworkConnectRequest(container="all"))
    await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["true"]), name="never")
    await engine.containers.rename("never", name="renamed")
    await engine.images.tag("busybox", repo="other", tag="1")
    await messages(await engine.images.create(from_image="pulled", tag="2"))
    await engine.images.commit(ContainerConfig(labels={"of": "all"}), container="all", repo="made", tag="3")
    await engine.images.tag("made:3", repo="registry.example/made", tag="3")
    await messages(await engine.images.push("registry.example/made", tag="3"))
    await engine.images.delete("hello-world")
    dockerfile = b"FROM busybox\nRUN echo hi > /built\nLABEL a=b\nCMD true\n"
    await messages(await engine.builder.build(context=bytes_of(("Dockerfile", dockerfile)), tags=["built:1"]))


def test_all_of_it_is_there_again_after_a_stop(tmp_path: Path) -> None:
    async def first() -> dict[str, Any]:
        async with kept(tmp_path) as engine:
            await fill(engine)
            return await everything(engine)

    async def second() -> dict[str, Any]:
        async with kept(tmp_path) as engine:
            found = await everything(engine)
            await messages(await engine.images.create(from_image="registry.example/made", tag="3"))
            with pytest.raises(Exception, match="No such image"):
                await engine.images.inspect("hello-world")
            steps = await messages(
                await engine.builder.build(
                    context=bytes_of(("Dockerfile", b"FROM busybox\nRUN echo hi > /built\nLABEL a=b\nCMD true\n"))
                )
            )
            assert sum("Using cache" in str(step.stream) for step in steps) == 3
            return found

    before = asyncio.run(first())
    assert asyncio.run(second()) == before


def test_all_of_it_is_there_again_after_a_crash(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            await fill(engine)
            before = await everything(engine)
            async with kept(crashed(tmp_path / "state")) as other:
                assert await everything(other) == before
                assert await content(other, "all", "/data/file") == await content(engine, "all", "/data/file")
                assert await content(other, "all", "/tmp") == await content(engine, "all", "/tmp")

    asyncio.run(run())


def test_all_of_it_is_there_again_from_a_snapshot_on_any_engine() -> None:
    async def run() -> None:
        async with MemoryEngine(host_files={"/etc/app": b"1"}) as engine:
            await fill(engine)
            before, snapshot = await everything(engine), engine.snapshot()
            await engine.containers.delete("all", volumes=True)
            await engine.restore(snapshot)
            assert await everything(engine) == before
        async with MemoryEngine() as other:
            await other.restore(snapshot)
            assert await everything(other) == before

    asyncio.run(run())


def test_addresses_of_what_ran_are_free_and_those_reserved_are_not(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            await engine.networks.create(
                NetworkCreateRequest(
                    name="small", ipam=IPAM(config=[IPAMConfig(subnet="10.8.0.0/29", gateway="10.8.0.1")])
                )
            )
            request = ContainerCreateRequest(
                image="busybox", cmd=["sleep", "1000"], host_config=HostConfig(network_mode="small")
            )
            for name in ("one", "two"):
                await engine.containers.create(request, name=name)
                await engine.containers.start(name)
            async with kept(crashed(tmp_path / "state")) as other:
                network = await other.networks.inspect("small")
                assert network.containers == {}
                assert network.status.ipam.subnets["10.8.0.0/29"].ips_in_use == 3
                await other.containers.start("two")
                one = await other.containers.inspect("two")
                assert one.network_settings.networks["small"].ip_address == "10.8.0.2"
                await other.containers.kill("two")
            await engine.containers.kill("one")
            await engine.containers.kill("two")

    asyncio.run(run())


def test_what_ran_has_ended_and_is_started_again_as_its_policy_says(tmp_path: Path) -> None:
    """As docker 28.5 has it whose dockerd was killed, and started again."""

    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            for policy in ("no", "always", "unless-stopped", "on-failure"):
                for stopped in (False, True):
                    name = f"{policy}-{stopped}"
                    host = HostConfig(restart_policy=RestartPolicy(name=policy))
                    request = ContainerCreateRequest(image="busybox", cmd=["sleep", "1000"], host_config=host)
                    await engine.containers.create(request, name=name)
                    await engine.containers.start(name)
                    if stopped:
                        await engine.containers.kill(name)
            host = HostConfig(auto_remove=True)
            request = ContainerCreateRequest(image="busybox", cmd=["sleep", "1000"], host_config=host)
            await engine.containers.create(request, name="rm")
            await engine.containers.start("rm")
            await engine.containers.create(request, name="rm-never-started")
            host = HostConfig(restart_policy=RestartPolicy(name="always"))
            request = ContainerCreateRequest(image="busybox", cmd=["sleep", "1000"], host_config=host)
            await engine.containers.create(request, name="never-started")
            copy = crashed(tmp_path / "state")
            for one in await engine.containers.list():
                await engine.containers.kill(one.id)
        async with kept(copy) as other:
            states = {}
            for row in await other.containers.list(all=True):
                one = await other.containers.inspect(row.id)
                states[one.name[1:]] = (one.state.status, one.state.exit_code)
            assert states == {
                "no-False": ("exited", 255),
                "no-True": ("exited", 137),
                "always-False": ("running", 0),
                "always-True": ("running", 0),
                "unless-stopped-False": ("running", 0),
                "unless-stopped-True": ("exited", 137),
                "on-failure-False": ("running", 0),
                "on-failure-True": ("running", 0),
                "never-started": ("created", 0),
            }
            for row in await other.containers.list():
                await other.containers.kill(row.id)

    asyncio.run(run())


def test_a_snapshot_has_what_ran_run_again_and_what_was_paused_paused() -> None:
    async def run() -> None:
        async with MemoryEngine() as engine:
            request = ContainerCreateRequest(image="busybox", cmd=["sh", "-c", "echo hi; date > /began; sleep 1000"])
            for name in ("runs", "paused", "ended"):
                await engine.containers.create(request, name=name)
                await engine.containers.start(name)
            await asyncio.sleep(0.05)
            await engine.containers.pause("paused")
            await engine.containers.kill("ended")
            snapshot = engine.snapshot()
            await engine.reset()
            for times in (2, 2):
                await engine.restore(snapshot)
                await asyncio.sleep(0.05)
                assert {str(one.names): one.state for one in await engine.containers.list(all=True)} == {
                    "['/runs']": "running",
                    "['/paused']": "paused",
                    "['/ended']": "exited",
                }
                assert await output(engine, "runs") == b"hi\n" * times

    asyncio.run(run())


def test_the_same_identifiers_follow_each_time_from_a_snapshot_of_a_seeded_engine() -> None:
    async def run() -> None:
        request = ContainerCreateRequest(image="busybox")
        async with MemoryEngine(seed=1) as engine:
            before = (await engine.containers.create(request)).id
            snapshot = engine.snapshot()
            found = []
            for _ in range(2):
                await engine.restore(snapshot)
                found.append((await engine.containers.create(request)).id)
            assert found[0] == found[1] != before

    asyncio.run(run())


def test_images_that_are_made_in_code_are_those_of_the_code_that_runs(tmp_path: Path) -> None:
    def register(said: str, *more: str) -> Prepare:
        def prepare(engine: MemoryEngine) -> None:
            for image in ("my/db:1", *more):

                @engine.program(image, env={"SAID": said})
                async def db(process: Process) -> int:
                    await process.print(said)
                    return 0

        return prepare

    async def run() -> None:
        async with kept(tmp_path, register("old", "my/removed:1")) as engine:
            await engine.containers.create(ContainerCreateRequest(image="my/db:1"), name="kept")
            old = await engine.images.inspect("my/db:1")
            await engine.images.tag("my/db:1", repo="mine", tag="2")
            await engine.images.delete("my/removed:1")
        async with kept(tmp_path, register("new", "my/removed:1", "my/fresh:1")) as engine:
            new = await engine.images.inspect("my/db:1")
            assert new.id != old.id
            assert "SAID=new" in (new.config.env or ())
            assert (await engine.images.inspect("mine:2")).id == new.id
            tags = {tag for image in await engine.images.list() for tag in image.repo_tags or ()}
            assert "my/fresh:1" in tags
            assert "my/removed:1" not in tags
            assert (await engine.containers.inspect("kept")).image == new.id
            await engine.containers.start("kept")
            await engine.containers.wait("kept")
            assert await output(engine, "kept") == b"new\n"
        async with kept(tmp_path) as engine:
            assert (await engine.containers.inspect("kept")).config.image == "my/db:1"

    asyncio.run(run())


@pytest.mark.parametrize("name", ["\udcff", "\ud800x", "é", "n" * 255])
def test_any_name_and_any_number_can_be_kept(tmp_path: Path, name: str) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["true"]), name="names")
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, errors="surrogatepass") as archive:
                info = tarfile.TarInfo(name)
                info.uid = info.gid = 2**55 + 7
                archive.addfile(info)
                link = tarfile.TarInfo("link")
                link.type, link.linkname = tarfile.SYMTYPE, name
                archive.addfile(link)

            async def body() -> AsyncIterator[bytes]:
                yield buffer.getvalue()

            await engine.containers.put_archive("names", body(), path="/tmp")
            before = msgspec.to_builtins(await engine.containers.changes("names"))
            async with kept(crashed(tmp_path / "state")) as other:
                assert msgspec.to_builtins(await other.containers.changes("names")) == before

    asyncio.run(run())


def test_deep_trees_can_be_kept(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            await engine.containers.create(ContainerCreateRequest(image="busybox", cmd=["true"]), name="deep")
            path = "/".join(["d"] * 390)
            await engine.containers.put_archive("deep", bytes_of((f"{path}/file", b"x")), path="/")
            async with kept(crashed(tmp_path / "state")) as other:
                assert (await other.containers.archive_info("deep", path=f"/{path}/file")).size == 1

    asyncio.run(run())


def test_what_a_line_begins_with_is_kept_of_a_process_that_runs(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            request = ContainerCreateRequest(image="busybox", cmd=["sh", "-c", "echo one; printf two; sleep 1000"])
            await engine.containers.create(request, name="talks")
            await engine.containers.start("talks")
            await asyncio.sleep(0.5)
            async with kept(crashed(tmp_path / "state")) as other:
                assert await output(other, "talks") == b"one\ntwo"
            await engine.containers.kill("talks")

    asyncio.run(run())


def test_files_that_a_process_goes_on_writing_are_kept_each_time(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            script = "for i in 1 2 3 4 5 6 7 8; do head -c 300 /dev/zero >> /grows; sleep 0.1; done; sleep 1000"
            await engine.containers.create(
                ContainerCreateRequest(image="busybox", cmd=["sh", "-c", script]), name="writes"
            )
            await engine.containers.start("writes")
            sizes = []
            for _ in range(3):
                await asyncio.sleep(0.45)
                async with kept(crashed(tmp_path / "state")) as other:
                    sizes.append((await other.containers.archive_info("writes", path="/grows")).size)
            assert sizes == sorted(sizes)
            assert 300 < sizes[0] < sizes[-1] == 2400
            await engine.containers.kill("writes")

    asyncio.run(run())


async def _looks_at_log(engine: Any, name: str) -> None:
    await engine.containers.start(name)
    log = await engine.containers.logs(name, stdout=True, follow=True)
    async with log:
        while await log.receive():
            pass


async def _looks_at_list(engine: Any, name: str) -> None:
    await engine.containers.start(name)
    for _ in range(100_000):
        if not (await engine.containers.inspect(name)).state.running:
            break
        await asyncio.sleep(0)


async def _looks_at_events(engine: Any, name: str) -> None:
    events = await engine.system.events()
    started = asyncio.ensure_future(engine.containers.start(name))
    async for event in events:
        if event.action == "die":
            break
    await events.aclose()
    await started


def test_the_end_of_a_process_is_kept_before_it_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with kept(tmp_path / "state") as engine:
            for number, looks in enumerate((_looks_at_log, _looks_at_list, _looks_at_events)):
                name = f"ends-{number}"
                script = "echo begun; sleep 0.2; echo made > /made"
                await engine.containers.create(
                    ContainerCreateRequest(image="busybox", cmd=["sh", "-c", script]), name=name
                )
                await looks(engine, name)
                async with kept(crashed(tmp_path / "state")) as other:
                    one = await other.containers.inspect(name)
                    assert (one.state.status, one.state.exit_code) == ("exited", 0), name
                    assert (await other.containers.archive_info(name, path="/made")).size == 5

    asyncio.run(run())
