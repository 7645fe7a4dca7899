"""What v1.31 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change, Scope


class SayThatASecretIsUnknown(Change):
    """An unknown secret is answered with 404; before, with 500."""

    version = "1.31"
    operations = ("SecretDelete",)
    scope = Scope.RELEASE
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 404 meets another failure"
    path = "=404"


class SayThatASecretIsTaken(Change):
    """A name that another secret has is answered with 409; before, with 500."""

    version = "1.31"
    operations = ("SecretCreate",)
    scope = Scope.RELEASE
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 409 meets another failure"
    path = "=409"


class SayThatSecretsStay(Change):
    """To change more of a secret than its labels is answered with 400; before, with 500."""

    version = "1.31"
    operations = ("SecretUpdate",)
    scope = Scope.RELEASE
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"


class SayThatTheLastManagerStays(Change):
    """To take the last manager its role is answered with 400; before, with 500."""

    version = "1.31"
    operations = ("NodeUpdate",)
    scope = Scope.RELEASE
    why = "a client that looks for 500 meets another failure"
    why_back = "a client that looks for 400 meets another failure"
    path = "=400"


class TellEventsOfConfigs(Change):
    """Events tell when configs are made, changed and removed."""

    version = "1.31"
    operations = ("SystemEvents",)
    scope = Scope.RELEASE
    why = "one kind of events more"
    path = "Type"
