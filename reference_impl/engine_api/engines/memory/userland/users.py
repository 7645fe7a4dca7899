"""Users of a file system: what `USER[:GROUP]` means there."""

from __future__ import annotations

from engine_api.api.errors import InternalError
from engine_api.engines.memory.userland.filesystem import FileSystem
from engine_api.engines.memory.userland.programs import User

__all__ = ["user_of"]


def user_of(fs: FileSystem, text: str) -> User:
    """Return the user that `USER[:GROUP]` names, by `/etc/passwd` of a file system.

    Args:
        fs: the file system.
        text: a name or number, with an optional group; if empty, root.

    Raises:
        InternalError: no user has that name.
    """
    name, _, group = text.partition(":")
    entries: dict[str, list[str]] = {}
    try:
        for line in fs.read("/etc/passwd").decode("utf-8", "replace").splitlines():
            fields = line.split(":")
            if len(fields) > 6:
                entries[fields[0]] = fields
    except OSError:
        pass
    if not name:
        name = "0"
    found = entries.get(name) or next((fields for fields in entries.values() if fields[2] == name), None)
    if found is None and not name.isdigit():
        raise InternalError(f"unable to find user {name}: no matching entries in passwd file")
    uid = int(found[2]) if found else int(name)
    gid = int(group) if group.isdigit() else int(found[3]) if found else 0
    return User(uid, gid, found[0] if found else "", found[5] if found else "/")
