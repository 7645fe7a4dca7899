"""Root file systems of the images that every engine has."""

from __future__ import annotations

from functools import cache

from engine_api.engines.memory.userland.commands import applets
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.nodes import Device, Directory, File, Symlink
from engine_api.engines.memory.userland.programs import executable

__all__ = ["alpine", "bare", "busybox", "hello_world", "with_program"]

_PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
"""
_GROUP = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nwww-data:x:33:\nnogroup:x:65534:\n"


def _tree() -> FileSystem:
    filesystem = FileSystem()
    for path in (
        "/bin",
        "/dev",
        "/etc",
        "/home",
        "/proc",
        "/root",
        "/sys",
        "/tmp",
        "/usr/bin",
        "/usr/sbin",
        "/var/www",
        "/sbin",
    ):
        filesystem.mkdir(path, 0o1777 if path == "/tmp" else 0o700 if path == "/root" else 0o755, parents=True)
    for name in ("null", "zero", "full", "random", "tty"):
        filesystem.put(f"/dev/{name}", Device(name))
    filesystem.put("/dev/urandom", Device("random"))
    for index, name in enumerate(("stdin", "stdout", "stderr")):
        filesystem.put(f"/dev/{name}", Symlink(f"/dev/fd/{index}"))
    filesystem.mkdir("/dev/fd")
    filesystem.write("/etc/passwd", _PASSWD.encode())
    filesystem.write("/etc/group", _GROUP.encode())
    return filesystem


def _with_commands(filesystem: FileSystem) -> None:
    for name in (*applets(), "sh", "ash"):
        if name != "hello":
            program = "sh" if name == "ash" else name
            filesystem.put(f"/bin/{name}", File(executable(program), 0o755))


@cache
def busybox() -> Directory:
    """Return the tree of `busybox`."""
    filesystem = _tree()
    _with_commands(filesystem)
    filesystem.remove("/bin/apk")
    filesystem.remove("/bin/getent")
    return filesystem.root


@cache
def alpine() -> Directory:
    """Return the tree of `alpine`."""
    filesystem = _tree()
    _with_commands(filesystem)
    filesystem.write(
        "/etc/os-release", b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME="Alpine Linux v3.20"\n'
    )
    filesystem.write("/etc/alpine-release", b"3.20.0\n")
    return filesystem.root


@cache
def hello_world() -> Directory:
    """Return the tree of `hello-world`: one program."""
    filesystem = FileSystem()
    filesystem.put("/hello", File(executable("hello"), 0o755))
    return filesystem.root


@cache
def bare(reference: str) -> Directory:
    """Return the tree of an image that has no content of its own."""
    filesystem = FileSystem(alpine())
    filesystem.write("/etc/image", reference.encode() + b"\n")
    return filesystem.root


def with_program(root: Directory, path: str, program: str) -> Directory:
    """Return a tree with another program."""
    filesystem = FileSystem(root)
    filesystem.mkdir(path.rpartition("/")[0] or "/", parents=True)
    filesystem.put(path, File(executable(program), 0o755))
    return filesystem.root
