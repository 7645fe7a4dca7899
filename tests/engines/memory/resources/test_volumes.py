"""Volumes and mounts: what the pages do not show. What is expected was seen on docker 28.5."""

import pytest

from engine_api.api.containers import ContainerCreateRequest
from engine_api.api.errors import Conflict, EngineError, InternalError, InvalidParameter, NotFound
from engine_api.api.hostconfig import HostConfig
from engine_api.api.mounts import DriverConfig, ImageOptions, Mount, TmpfsOptions, VolumeOptions
from engine_api.api.volumes import VolumeCreateRequest
from engine_api.engines.memory.engine import MemoryEngine
from engine_api.engines.memory.model.volumes import ANONYMOUS
from tests.engines.memory.resources.images.test_service import scenario


async def run(engine: MemoryEngine, command: str, *, volumes: tuple[str, ...] = (), **host: object) -> str:
    """What a command writes in a container of its own, which goes with its volumes."""
    identifier = await made(engine, command, volumes=volumes, **host)
    try:
        await engine.containers.start(identifier)
        await engine.containers.wait(identifier)
        container = engine.parts.containers.find(identifier)
        return b"".join(line.data for line in container.log.lines).decode()
    finally:
        await engine.containers.delete(identifier, volumes=True)


async def made(engine: MemoryEngine, command: str, *, volumes: tuple[str, ...] = (), **host: object) -> str:
    config = ContainerCreateRequest(
        image="busybox",
        cmd=["sh", "-c", command],
        volumes={path: {} for path in volumes},
        host_config=HostConfig(**host),  # type: ignore[arg-type]
    )
    return (await engine.containers.create(config)).id


async def known(engine: MemoryEngine) -> list[str]:
    return [str(volume.name) for volume in (await engine.volumes.list()).volumes or ()]


@scenario()
async def test_what_is_written_stays(engine: MemoryEngine) -> None:
    await run(engine, "echo hello > /data/greeting", binds=["data:/data"])
    assert await run(engine, "cat /in/greeting", binds=["data:/in"]) == "hello\n"
    assert "Read-only file system" in await run(engine, "echo no > /in/x", binds=["data:/in:ro"])
    assert await known(engine) == ["data"]


@scenario()
async def test_an_empty_volume_gets_what_the_image_has(engine: MemoryEngine) -> None:
    assert "passwd" in await run(engine, "ls /etc", binds=["filled:/etc"])
    assert "passwd" in await run(engine, "ls /data", binds=["filled:/data"])
    assert "passwd" not in await run(engine, "ls /etc", binds=["bare:/etc:nocopy"])
    mount = Mount(type="volume", source="bare2", target="/etc", volume_options=VolumeOptions(no_copy=True))
    assert "passwd" not in await run(engine, "ls /etc", mounts=[mount])


@scenario()
async def test_what_a_container_writes_does_not_reach_the_image(engine: MemoryEngine) -> None:
    await run(engine, "echo mine > /etc/passwd", binds=["data:/etc"])
    assert "root" in await run(engine, "cat /etc/passwd")


@scenario()
async def test_volumes_without_a_name_go_with_their_container_if_asked(engine: MemoryEngine) -> None:
    identifier = await made(engine, "true", volumes=("/one",), mounts=[Mount(type="volume", target="/two")])
    first, second = await known(engine)
    labels = (await engine.volumes.inspect(first)).labels
    assert labels == {ANONYMOUS: ""}
    await engine.containers.delete(identifier)
    assert await known(engine) == [first, second]
    identifier = await made(engine, "true", volumes=("/one",), binds=["data:/data"])
    await engine.containers.delete(identifier, volumes=True)
    assert await known(engine) == [first, second, "data"]
    assert sorted((await engine.volumes.prune()).volumes_deleted or ()) == sorted([first, second])


@scenario()
async def test_a_container_that_removes_itself_takes_its_volumes_along(engine: MemoryEngine) -> None:
    identifier = await made(engine, "true", volumes=("/data",), auto_remove=True)
    await engine.containers.start(identifier)
    await engine.containers.wait(identifier, condition="removed")
    assert await known(engine) == []


@scenario()
async def test_a_volume_that_another_container_borrows_stays(engine: MemoryEngine) -> None:
    first = await made(engine, "echo hello > /data/greeting", volumes=("/data",))
    await engine.containers.start(first)
    await engine.containers.wait(first)
    second = await made(engine, "cat /data/greeting; echo no > /data/x", volumes_from=[f"{first}:ro"])
    await engine.containers.delete(first, volumes=True)
    assert len(await known(engine)) == 1
    await engine.containers.start(second)
    await engine.containers.wait(second)
    log = b"".join(line.data for line in engine.parts.containers.find(second).log.lines)
    assert log.startswith(b"hello\n")
    assert b"Read-only" in log
    await engine.containers.delete(second, volumes=True)
    assert await known(engine) == []


@scenario()
async def test_a_volume_in_use_names_all_its_containers(engine: MemoryEngine) -> None:
    users = [await made(engine, "true", binds=["data:/data"]) for _ in range(2)]
    with pytest.raises(Conflict) as caught:
        await engine.volumes.delete("data", force=True)
    assert caught.value.message == f"remove data: volume is in use - [{users[0]}, {users[1]}]"


@scenario()
async def test_parts(engine: MemoryEngine) -> None:
    await run(engine, "mkdir /data/sub; echo deep > /data/sub/file", binds=["data:/data"])
    part = Mount(type="volume", source="data", target="/x", volume_options=VolumeOptions(subpath="sub"))
    assert await run(engine, "cat /x/file; echo more > /x/other", mounts=[part]) == "deep\n"
    assert await run(engine, "cat /data/sub/other", binds=["data:/data"]) == "more\n"
    part = Mount(type="volume", source="data", target="/x", volume_options=VolumeOptions(subpath="nosuch"))
    with pytest.raises(NotFound, match="cannot access path .*/data/_data/nosuch: lstat"):
        await run(engine, "true", mounts=[part])
    part = Mount(type="volume", source="data", target="/x", volume_options=VolumeOptions(subpath="../sub"))
    with pytest.raises(InvalidParameter, match="subpath must be a relative path within the volume"):
        await run(engine, "true", mounts=[part])


@scenario()
async def test_images_are_mounted_to_be_read(engine: MemoryEngine) -> None:
    whole = Mount(type="image", source="alpine", target="/i")
    assert "alpine-release" in await run(engine, "ls /i/etc", mounts=[whole])
    part = Mount(type="image", source="alpine", target="/i", image_options=ImageOptions(subpath="etc"))
    output = await run(engine, "ls /i; touch /i/x", mounts=[part])
    assert "alpine-release" in output
    assert "Read-only file system" in output
    identifier = await made(engine, "true", mounts=[part])
    mounts = (await engine.containers.inspect(identifier)).mounts
    assert mounts
    assert (mounts[0].type, mounts[0].name, mounts[0].rw, mounts[0].propagation) == (
        "image",
        "alpine",
        False,
        "rprivate",
    )
    with pytest.raises(NotFound, match="No such image: nosuch:latest"):
        await made(engine, "true", mounts=[Mount(type="image", source="nosuch", target="/i")])


@scenario()
async def test_memory_is_empty_at_each_start_and_has_its_size(engine: MemoryEngine) -> None:
    small = Mount(type="tmpfs", target="/t", tmpfs_options=TmpfsOptions(size_bytes=4096, mode=0o700))
    identifier = await made(engine, "ls -ld /t; ls /t; echo x > /t/x", mounts=[small])
    for _ in range(2):
        await engine.containers.start(identifier)
        await engine.containers.wait(identifier)
    log = b"".join(line.data for line in engine.parts.containers.find(identifier).log.lines).decode()
    assert log.count("drwx------") == 2
    assert "\nx\n" not in log
    output = await run(engine, "head -c 9000 /dev/zero > /t/x", tmpfs={"/t": "size=4k"})
    assert "No space left on device" in output
    mounts = (await engine.containers.inspect(identifier)).mounts
    assert mounts
    assert [(mount.type, mount.source, mount.destination) for mount in mounts] == [("tmpfs", "", "/t")]


@scenario(host_files={"/srv/site/index.html": b"hello\n"})
async def test_a_pretended_host_can_be_mounted(engine: MemoryEngine) -> None:
    assert await run(engine, "cat /site/index.html; echo x > /site/new", binds=["/srv/site:/site"]) == "hello\n"
    assert await run(engine, "cat /m/new", mounts=[Mount(type="bind", source="/srv/site", target="/m")]) == "x\n"
    assert await run(engine, "ls /d", binds=["/made/up:/d"]) == ""
    with pytest.raises(InvalidParameter, match="bind source path does not exist: /nosuch"):
        await made(engine, "true", mounts=[Mount(type="bind", source="/nosuch", target="/m")])
    identifier = await made(engine, "true", binds=["/srv/site:/site:ro"])
    mounts = (await engine.containers.inspect(identifier)).mounts
    assert mounts
    assert (mounts[0].type, mounts[0].source, mounts[0].mode, mounts[0].rw, mounts[0].propagation) == (
        "bind",
        "/srv/site",
        "ro",
        False,
        "rprivate",
    )


@scenario()
async def test_without_one_nothing_of_the_host_can_be(engine: MemoryEngine) -> None:
    with pytest.raises(InvalidParameter, match='type "bind": bind source path does not exist: /tmp'):
        await made(engine, "true", binds=["/tmp:/data"])


@pytest.mark.parametrize(
    ("bind", "kind", "message"),
    [
        ("data:/data:bad", InternalError, "invalid mode: bad"),
        ("data:rw", InternalError, "invalid volume specification: 'data:rw'"),
        ("data:/data:rw:ro", InternalError, "invalid volume specification: 'data:/data:rw:ro'"),
        (
            "data:data",
            InternalError,
            "invalid volume specification: 'data:data': invalid mount config for type \"volume\": invalid mount "
            "path: 'data' mount path must be absolute",
        ),
        (
            "data:/",
            InternalError,
            "invalid volume specification: 'data:/': invalid mount config for type \"volume\": invalid "
            "specification: destination can't be '/'",
        ),
        (
            "d:/data",
            InvalidParameter,
            "create d: volume name is too short, names should be at least two alphanumeric characters",
        ),
    ],
)
def test_binds_that_are_refused(bind: str, kind: type[EngineError], message: str) -> None:
    @scenario()
    async def test(engine: MemoryEngine) -> None:
        with pytest.raises(kind) as caught:
            await made(engine, "true", binds=[bind])
        assert caught.value.message == message
        assert await known(engine) == []

    test()


@scenario()
async def test_drivers_and_options(engine: MemoryEngine) -> None:
    missing = 'create data: error looking up volume plugin nosuch: plugin "nosuch" not found'
    with pytest.raises(NotFound) as caught:
        await engine.volumes.create(VolumeCreateRequest(name="data", driver="nosuch"))
    assert caught.value.message == missing
    options = VolumeOptions(driver_config=DriverConfig(name="local"), labels={"a": "b"})
    mount = Mount(type="volume", source="data", target="/data", volume_options=options)
    await run(engine, "true", mounts=[mount])
    assert (await engine.volumes.inspect("data")).labels == {"a": "b"}


@scenario()
async def test_disk_usage(engine: MemoryEngine) -> None:
    await run(engine, "echo hello > /data/greeting", binds=["data:/data"])
    identifier = await made(engine, "true", binds=["data:/data"])
    await engine.volumes.create(VolumeCreateRequest(name="empty"))
    usage = await engine.system.data_usage(type=["volume"])
    assert (usage.layers_size, usage.images, usage.containers, usage.build_cache) == (0, None, None, None)
    assert usage.volumes
    data, empty = usage.volumes
    assert data.usage_data
    assert empty.usage_data
    assert (data.usage_data.size, data.usage_data.ref_count) == (6, 1)
    assert (empty.usage_data.size, empty.usage_data.ref_count) == (0, 0)
    sums = usage.volume_usage
    assert sums
    assert (sums.active_count, sums.total_count, sums.reclaimable, sums.total_size) == (1, 2, 0, 6)
    await engine.containers.delete(identifier)
    assert (await engine.volumes.prune(filters={"all": ["true"]})).space_reclaimed == 6
