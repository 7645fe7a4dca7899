"""Changes that follow the engine's release and not the version."""

import pytest

from engine_api.api.errors import Conflict, InternalError, InvalidParameter
from engine_api.api.versions import VERSIONS, Version
from engine_api.versions.change import Scope
from engine_api.versions.changes import changes_above, changes_of, releases_above, releases_up_to
from engine_api.versions.changes.docker_29 import NameWhatIsWrong, RefuseBadIntegersAsInvalid

RELEASED = [change for version in VERSIONS for change in changes_of(version) if change.release]


def test_they_are_changes_of_the_first_version_of_their_release() -> None:
    assert RefuseBadIntegersAsInvalid in changes_of(Version(1, 52))
    assert {change.scope for change in RELEASED} == {Scope.RELEASE}


@pytest.mark.parametrize("version", ["1.24", "1.51", "1.52"])
def test_no_version_applies_them(version: str) -> None:
    assert not any(change.release for change in changes_above(Version.parse(version), "ContainerList"))


@pytest.mark.parametrize(("release", "above"), [(None, False), ("29.0", False), ("29.7", False), ("28.5", True)])
def test_an_older_release_applies_them(release: str | None, above: bool) -> None:
    applied = [type(change) for change in releases_above(release, "ContainerList")]
    held = [type(change) for change in releases_up_to(release, "ContainerList")]
    assert (RefuseBadIntegersAsInvalid in applied) == above
    assert (RefuseBadIntegersAsInvalid in held) != above


def test_an_error_of_another_kind_is_left_as_it_is() -> None:
    error = InvalidParameter("invalid filter 'teapot'")
    assert RefuseBadIntegersAsInvalid().lower_error(error) is error
    assert NameWhatIsWrong().lower_error(error) is error


def test_status_and_words_of_before() -> None:
    integer = RefuseBadIntegersAsInvalid().lower_error(InvalidParameter('strconv.Atoi: parsing "x": invalid syntax'))
    assert isinstance(integer, InternalError)
    paused = NameWhatIsWrong().lower_error(Conflict("container 1f is already paused"))
    assert (type(paused), paused.message) == (Conflict, "Container 1f is already paused")
