"""What v1.25 changed in behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine_api.api.system import SystemInfo
from engine_api.versions.change import EVERY_OPERATION, Change, Effect, Scope


class DescribeSecurityOptions(Change):
    """Each entry of `SecurityOptions` is a list of `key=value` pairs, such as `name=seccomp,profile=builtin`;
    before, it was the bare name of the option.
    """

    version = "1.25"
    operations = ("SystemInfo",)
    effect = Effect.BREAKING
    why = "a client that compares an entry with a name finds none"
    path = "SecurityOptions"

    def lower(self, result: SystemInfo, arguments: Mapping[str, object]) -> SystemInfo:
        options = result.security_options
        if not isinstance(options, list):
            return result
        return msgspec.structs.replace(result, security_options=[_name(option) for option in options])


def _name(option: str) -> str:
    pairs = dict(pair.partition("=")[::2] for pair in option.split(","))
    return pairs.get("name", option)


class AskForTheVersionInPaths(Change):
    """A request is expected to name the version in its path. Engines still take paths without one, for the newest."""

    version = "1.25"
    operations = (EVERY_OPERATION,)
    scope = Scope.RELEASE
    why = "paths without a version are still taken"
    back = Effect.COMPATIBLE
    why_back = "an older version never asked for it"


class TellExperimentalFeatures(Change):
    """Every answer has the header `Docker-Experimental`: whether experimental features are on."""

    version = "1.25"
    operations = (EVERY_OPERATION,)
    scope = Scope.RELEASE
    kind = "header"
    what = "added"
    why = "one header more"
    path = "Docker-Experimental"


class TellTheNewestVersion(Change):
    """Every answer has the header `Api-Version`: the newest version that the engine speaks, whichever was asked for."""

    version = "1.25"
    operations = (EVERY_OPERATION,)
    scope = Scope.RELEASE
    kind = "header"
    what = "added"
    why = "one header more"
    path = "Api-Version"


class DropBaseLayers(Change):
    """`RootFS.BaseLayer` of an image is gone; only Windows had it."""

    version = "1.25"
    operations = ("ImageInspect",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a client for Windows that reads it finds nothing"
    back = Effect.COMPATIBLE
    why_back = "clients ignore what they do not know"
    path = "RootFS.BaseLayer"


class TellOfRemoval(Change):
    """A container that is being removed is in the state `removing`."""

    version = "1.25"
    operations = (
        "ContainerList",
        "ContainerInspect",
    )
    scope = Scope.RELEASE
    why = "clients meet a state that they do not know"
    paths = (("ContainerList", "[].State"), ("ContainerInspect", "State.Status"))


class JudgeRestartPolicies(Change):
    """A restart policy that makes no sense is refused when it is set, such as one that is unknown, or a count
    without `on-failure`.
    """

    version = "1.25"
    operations = (
        "ContainerCreate",
        "ContainerUpdate",
    )
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a request that was accepted, and failed later, gets 400"
    back = Effect.COMPATIBLE
    why_back = "what is right is accepted as before"
    paths = (("ContainerCreate", "HostConfig.RestartPolicy"), ("ContainerUpdate", "RestartPolicy"))


class JudgeEndpointAddresses(Change):
    """An address that an endpoint asks for is judged when it is given: it must be an address, and lie in a subnet
    that somebody chose.
    """

    version = "1.25"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a request that was accepted, and failed at the start, gets 400"
    back = Effect.COMPATIBLE
    why_back = "what is right is accepted as before"
    path = "NetworkingConfig.EndpointsConfig{}.IPAMConfig"


class ReadDockerfilesFirst(Change):
    """A Dockerfile is read as a whole before its first step; if it makes no sense the answer is 400, and no step
    runs.
    """

    version = "1.25"
    operations = ("ImageBuild",)
    scope = Scope.RELEASE
    why = "a failure comes earlier, with a status that says so"
    back = Effect.COMPATIBLE
    why_back = "failures come later"
    path = "=400"


class RefuseASecondRemoval(Change):
    """To remove a container that is being removed is refused, with 400; later engines answer 409."""

    version = "1.25"
    operations = ("ContainerDelete",)
    scope = Scope.RELEASE
    effect = Effect.BREAKING
    why = "a client that removes twice meets an error"
    back = Effect.COMPATIBLE
    why_back = "a second removal is no error"


class KnowPlatformsOfNodes(Change):
    """Constraints of a service may ask for `node.platform.os` and `node.platform.arch`."""

    version = "1.25"
    operations = (
        "ServiceCreate",
        "ServiceUpdate",
    )
    scope = Scope.RELEASE
    why = "what was accepted still is"
    path = "TaskTemplate.Placement.Constraints"


class TakeNamesOfNodes(Change):
    """A node may be named by its name, too, not by its ID only."""

    version = "1.25"
    operations = ("NodeUpdate",)
    scope = Scope.RELEASE
    why = "IDs are taken as before"


class TakeNamesOfServices(Change):
    """A service may be named by its name, or by the beginning of its ID."""

    version = "1.25"
    operations = ("ServiceUpdate",)
    scope = Scope.RELEASE
    why = "IDs are taken as before"


class BufferLogs(Change):
    """Log drivers take the options `mode` and `max-buffer-size`: a container that writes faster than its driver
    takes need not wait.
    """

    version = "1.25"
    operations = ("ContainerCreate",)
    scope = Scope.RELEASE
    why = "without them nothing changes"
    path = "HostConfig.LogConfig.Config"


class ListUserNamespaces(Change):
    """`SecurityOptions` names user namespaces, if the engine maps users."""

    version = "1.25"
    operations = ("SystemInfo",)
    scope = Scope.RELEASE
    why = "one entry more"
    path = "SecurityOptions"
