"""Files of containers: the archive operations, and export."""

from __future__ import annotations

from collections.abc import Iterator

from engine_api.api.containers import (
    ContainerArchive,
    ContainerPathStat,
)
from engine_api.api.errors import (
    Conflict,
    InvalidParameter,
    NotFound,
)
from engine_api.api.streams import ByteStream
from engine_api.engines.memory.model.container import OWN_FILES, Container
from engine_api.engines.memory.model.containers import ContainerEvents, ContainerStore
from engine_api.engines.memory.resources.containers.copying import (
    MADE_AT_START,
    Extraction,
    base_name,
    locate,
    named,
    pack,
    path_stat,
    receive_entries,
)
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Directory, File, Node, Symlink
from engine_api.engines.memory.userland.users import user_of

__all__ = ["ContainerFiles"]


class ContainerFiles:
    """Reads and writes files of containers."""

    def __init__(self, *, containers: ContainerStore, events: ContainerEvents) -> None:
        self._containers = containers
        self._events = events

    def info(self, id: str, path: str) -> ContainerPathStat:
        """Return what a path of a container is."""
        container = self._with_path(id, path)
        _, node = locate(container.fs, path, id)
        return path_stat(container.fs, path, node)

    def pack(self, id: str, path: str) -> ContainerArchive:
        """Return an archive of a file or directory of a container."""
        container = self._with_path(id, path)
        real, node = locate(container.fs, path, id)
        self._events.publish(container, "archive-path")
        return ContainerArchive(
            path_stat(container.fs, path, node), pack(list(named(container.fs, real, base_name(path))))
        )

    def _with_path(self, id: str, path: str) -> Container:
        if not path:
            raise InvalidParameter("bad parameter: path cannot be empty")
        return self._containers.find(id)

    async def unpack(self, id: str, archive: ByteStream, path: str, *, no_overwrite: bool, copy_owner: bool) -> None:
        """Unpack an archive into a directory of a container.

        Args:
            id: the container.
            archive: the archive.
            path: the directory.
            no_overwrite: whether a directory may not replace a file, nor a file a directory.
            copy_owner: whether the files belong to the container's user, whatever the archive says.

        Raises:
            InvalidParameter: the path is no directory, or read-only.
            NotFound: the container or the path does not exist.
        """
        container = self._with_path(id, path)
        real, node = locate(container.fs, path, id)
        if isinstance(node, Symlink):
            real, node = locate(container.fs, path, id, follow=True)
        if not isinstance(node, Directory):
            raise InvalidParameter("extraction point is not a directory")
        below = [mount for mount in container.mounts if f"{real}/".startswith(f"{mount.target}/")]
        mounted = max(below, key=lambda mount: len(mount.target)).readonly if below else None
        if mounted:
            raise InvalidParameter("mounted volume is marked read-only")
        if mounted is None and container.host.readonly_rootfs is True:
            raise InvalidParameter("container rootfs is marked read-only")
        user = str(container.config.user or "")
        owner = user_of(container.fs, user) if copy_owner and user else None
        extraction = Extraction(
            container.fs,
            real,
            no_overwrite=no_overwrite,
            owner=(owner.uid, owner.gid) if owner is not None else None,
        )
        try:
            extraction.apply(await receive_entries(archive))
        except FileNotFoundError:
            raise NotFound(f"Could not find the file {path} in container {id}") from None
        self._events.publish(container, "extract-to-dir")

    def export(self, id: str) -> ByteStream:
        """Return an archive of all files of a container."""
        container = self._containers.find(id)
        if container.state.removing:
            raise Conflict(f"You cannot export container {container.id} which is being removed")
        self._events.publish(container, "export")
        return pack([(name.lstrip("/"), node) for name, node in _own_files(container) if name != "/"])


def _own_files(container: Container) -> Iterator[tuple[str, Node]]:
    """The files of a container; what is mounted is an empty directory, and so are `/dev`, `/proc` and `/sys`."""
    yield "/.dockerenv", File(b"", 0o755)
    tree = FileSystem(container.fs.root)
    for path, node in tree.walk():
        if not path.startswith(MADE_AT_START):
            yield path, File(b"", 0o755) if path in OWN_FILES else node
