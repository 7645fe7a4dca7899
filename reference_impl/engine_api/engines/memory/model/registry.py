"""The pretended registry: every host that a reference can name, with what is there and what was pushed to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine_api.api.errors import NotFound, Unauthorized
from engine_api.api.images import AuthConfig
from engine_api.api.struct import UnsetType
from engine_api.engines.memory.model.images import Image
from engine_api.engines.memory.model.references import HUB, Reference

__all__ = ["Found", "ManifestUnknown", "Registry", "Repository", "RepositoryUnknown"]

_OFFICIAL: Final = "library/"
_WELL_KNOWN: Final = {
    "alpine": ("A small Linux system.", 11_000),
    "busybox": ("Many Unix commands in one small program.", 3_400),
    "debian": ("A Linux system for every purpose.", 5_100),
    "golang": ("The Go language with its tools.", 4_900),
    "hello-world": ("Says hello, and shows that containers run.", 2_400),
    "httpd": ("The Apache web server.", 4_800),
    "mariadb": ("A relational database.", 5_900),
    "memcached": ("A cache in memory.", 2_200),
    "mongo": ("A database of documents.", 10_400),
    "mysql": ("A relational database.", 15_700),
    "nginx": ("A web server and proxy.", 20_500),
    "node": ("JavaScript on the server.", 13_900),
    "postgres": ("A relational database.", 14_300),
    "python": ("The Python language with its tools.", 10_200),
    "rabbitmq": ("A broker of messages.", 5_200),
    "redis": ("A store of keys and values in memory.", 13_200),
    "registry": ("Keeps images and gives them out.", 4_100),
    "ubuntu": ("A Linux system on the base of Debian.", 17_400),
}
"""What a search finds besides what this engine knows: description and stars."""


@dataclass
class Repository:
    """What was pushed under a name."""

    tags: dict[str, Image] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    """By the digest of the manifest."""


@dataclass(frozen=True)
class Found:
    """A repository that a search found."""

    name: str
    description: str
    stars: int
    official: bool


class Registry:
    """Stands for every registry. What was pushed can be pulled again, also after it was removed from the engine.

    Registries whose host is reserved for examples and tests, such as `registry.example` or `localhost:5000`, have
    nothing but what was pushed to them.

    Args:
        prepared: gives the image of a reference that is there from the start, if it is.
        made_up: makes an image for any other reference.
        catalogue: the references that can be pulled besides what is pushed; None for any.
        accounts: users with their passwords; None accepts everybody who has both.
    """

    def __init__(
        self,
        prepared: Callable[[], Mapping[Reference, Image]],
        made_up: Callable[[Reference, str, str], Image],
        catalogue: Iterable[Reference] | None,
        accounts: Mapping[str, str] | None,
    ) -> None:
        self._prepared = prepared
        self._made_up = made_up
        self._catalogue = None if catalogue is None else frozenset(catalogue)
        self._accounts = accounts
        self.repositories: dict[tuple[str, str], Repository] = {}
        """What was pushed, by host and path."""

    # Accounts

    def log_in(self, auth: AuthConfig) -> None:
        """Check credentials.

        Raises:
            Unauthorized: they are not accepted.
        """
        if not self._accepts(auth):
            host = auth.server_address if not isinstance(auth.server_address, UnsetType) else ""
            host = host.partition("://")[2].partition("/")[0] or host.partition("/")[0]
            url = f"https://{'registry-1.docker.io' if host in ('', HUB, 'index.docker.io') else host}/v2/"
            raise Unauthorized(f'Get "{url}": unauthorized: incorrect username or password')

    def _accepts(self, auth: AuthConfig) -> bool:
        if auth.identity_token or auth.registry_token:
            return self._accounts is None
        if not auth.username or not auth.password:
            return False
        return self._accounts is None or self._accounts.get(auth.username) == auth.password

    def check_access(self, auth: AuthConfig | None) -> None:
        """Refuse to show or take anything without credentials, where there are accounts.

        Raises:
            Unauthorized: they are missing or not accepted.
        """
        if self._accounts is None:
            return
        if auth is None or not auth.username:
            raise Unauthorized("no basic auth credentials")
        if not self._accepts(auth):
            raise Unauthorized("unauthorized: authentication required")

    # What is there

    def tags(self, reference: Reference) -> list[str]:
        """The tags that are known of a reference's repository."""
        key = (reference.host, reference.path)
        found = set(self.repositories[key].tags) if key in self.repositories else set()
        found.update(known.tag for known in self._offered() if (known.host, known.path) == key and known.tag)
        return sorted(found)

    def _offered(self) -> Iterable[Reference]:
        """Return the images that can be pulled without having been pushed, as far as they have a name."""
        return self._prepared() if self._catalogue is None else self._catalogue

    def find(self, reference: Reference, os: str, architecture: str) -> Image:
        """The image of a reference that has a tag or a digest.

        Args:
            reference: the reference.
            os: the operating system that is wanted, if the image has to be made up.
            architecture: the CPU that is wanted, likewise.

        Raises:
            NotFound: there is none.
        """
        repository = self.repositories.get((reference.host, reference.path), Repository())
        if reference.digest is not None:
            image = repository.images.get(reference.digest)
        else:
            image = repository.tags.get(reference.tag or "latest")
        if image is not None:
            return image
        if _is_private(reference.host):
            raise ManifestUnknown(reference)
        if self._catalogue is not None and not self._knows(reference):
            raise RepositoryUnknown(reference)
        if self._catalogue is not None and not reference.digest and reference not in self._catalogue:
            raise ManifestUnknown(reference)
        prepared = self._prepared().get(reference) or self._prepared_by_digest(reference)
        return prepared or self._made_up(reference, os, architecture)

    def _prepared_by_digest(self, reference: Reference) -> Image | None:
        if reference.digest is None:
            return None
        for known, image in self._prepared().items():
            same = (known.host, known.path) == (reference.host, reference.path)
            if same and image.manifest_digest == reference.digest:
                return image
        return None

    def _knows(self, reference: Reference) -> bool:
        return (reference.host, reference.path) in self.repositories or bool(self.tags(reference))

    # Pushing

    def may_push(self, reference: Reference) -> bool:
        """Whether a repository takes what is pushed: those that the public registry answers for itself do not."""
        return reference.host != HUB or not reference.path.startswith(_OFFICIAL)

    def origin(self, reference: Reference, diff_id: str) -> str | None:
        """The path of the repository of the same host that has a layer: the reference's own, if it has it."""
        own = self.repositories.get((reference.host, reference.path))
        if own is not None and any(diff_id in image.diff_ids for image in own.images.values()):
            return reference.path
        for (host, path), repository in self.repositories.items():
            if host == reference.host and any(diff_id in image.diff_ids for image in repository.images.values()):
                return path
        for known, image in self._prepared().items():
            if known.host == reference.host and diff_id in image.diff_ids:
                return known.path
        return None

    def push(self, reference: Reference, image: Image) -> None:
        """Take an image under a reference with a tag."""
        self.keep(reference, image.nameless(), [reference.tag or "latest"])

    def keep(self, reference: Reference, image: Image, tags: Iterable[str]) -> None:
        """Have an image in the repository of a reference.

        Args:
            reference: any of that repository.
            image: the image, which has no name of an engine.
            tags: its tags.
        """
        repository = self.repositories.setdefault((reference.host, reference.path), Repository())
        repository.images[image.manifest_digest] = image
        repository.tags |= dict.fromkeys(tags, image)

    # Searching

    def search(self, term: str) -> list[Found]:
        """The repositories whose name or description has a term; the official ones first, then by stars.

        Args:
            term: what is searched for; with a host in front, only that one is asked.
        """
        host, _, rest = term.partition("/")
        if rest and (any(c in host for c in ".:") or host == "localhost"):
            wanted = rest
        else:
            host, wanted = HUB, term
        wanted = wanted.lower().removeprefix(_OFFICIAL)
        found = [one for one in self._all(host) if wanted in one.name.lower() or wanted in one.description.lower()]
        return sorted(found, key=lambda one: (not one.official, -one.stars, one.name))

    def _all(self, host: str) -> Iterable[Found]:
        paths = {path for known, path in self.repositories if known == host}
        paths |= {known.path for known in self._offered() if known.host == host}
        if host == HUB and self._catalogue is None:
            paths |= {f"{_OFFICIAL}{name}" for name in _WELL_KNOWN}
        for path in paths:
            official = host == HUB and path.startswith(_OFFICIAL)
            name = path.removeprefix(_OFFICIAL) if official else path
            description, stars = _WELL_KNOWN.get(name, ("", hashlib.sha256(path.encode()).digest()[0]))
            yield Found(name, description, stars if official or host == HUB else 0, official)


def _is_private(host: str) -> bool:
    name = host if host.startswith("[") else host.partition(":")[0]
    return name in ("localhost", "127.0.0.1") or name.endswith((".example", ".test", ".localhost", ".invalid"))


class RepositoryUnknown(NotFound):
    """The registry has no such repository, or does not show it."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(
            f"pull access denied for {reference.familiar_name}, repository does not exist or may require "
            "'docker login': denied: requested access to the resource is denied"
        )


class ManifestUnknown(NotFound):
    """The repository has no such tag or digest."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(f"manifest for {reference.familiar} not found: manifest unknown: manifest unknown")
