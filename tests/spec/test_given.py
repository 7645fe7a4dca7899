"""What examples say that there is before they begin."""

import pytest

from engine_api.spec.given import conditions_of
from engine_api.spec.pattern import NotationError


def test_phrases_are_read_in_their_order() -> None:
    image, web, job = conditions_of(
        [
            "Given the image `alpine`, a running container `web` that runs `sh -c 'sleep 9'` with a terminal with open "
            "standard input with the label `a=b`, and an exited container `job` that ran `true` with the image `x:1`."
        ]
    )
    assert (image.kind, image.name) == ("image", "alpine")
    assert (web.kind, web.name, web.command) == ("running", "web", ("sh", "-c", "sleep 9"))
    assert (web.tty, web.stdin, web.attached, web.labels) == (True, True, False, (("a", "b"),))
    assert (job.kind, job.command, job.image) == ("exited", ("true",), "x:1")


def test_an_exec_names_its_container() -> None:
    (_, made) = conditions_of(
        [
            "Given a running container `web` that runs `sleep 9` with attached streams.",
            "Given an exec `{e}` of `cat` in `web`.",
        ]
    )
    assert (made.kind, made.name, made.command, made.container) == ("exec", "e", ("cat",), "web")


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(NotationError, match="no condition is known as 'a teapot"):
        conditions_of(["Given a teapot `t`."])
