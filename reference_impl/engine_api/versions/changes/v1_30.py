"""What v1.30 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change


class AnswerAWaitAtOnce(Change):
    """The headers of a wait are sent as soon as the engine waits, so that a client may start the container once it
    has them; before, nothing was sent until the container had ended.
    """

    version = "1.30"
    operations = ("ContainerWait",)
    why = "the status and the body stay the same"
