"""The limits of a container: which of them an engine takes."""

from __future__ import annotations

import re
from typing import Final

from engine_api.api.containers import ContainerUpdateRequest
from engine_api.api.errors import InvalidParameter
from engine_api.api.hostconfig import HostConfig
from engine_api.engines.memory.machine.host import CPUS

__all__ = ["check_resources", "number"]

_MIB: Final = 1024 * 1024
_CPUS: Final = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


def number(value: object) -> int:
    """A number, or 0 for what was not given."""
    return value if isinstance(value, int) else 0


def check_resources(asked: HostConfig | ContainerUpdateRequest) -> None:
    """Check limits on memory and on CPUs.

    Raises:
        InvalidParameter: one is out of its range, or does not go with another.
    """
    _check_memory(number(asked.memory), number(asked.memory_swap), number(asked.memory_reservation))
    nano, period, quota = number(asked.nano_cpus), number(asked.cpu_period), number(asked.cpu_quota)
    if nano and period:
        raise InvalidParameter("Conflicting options: Nano CPUs and CPU Period cannot both be set")
    if nano and quota:
        raise InvalidParameter("Conflicting options: Nano CPUs and CPU Quota cannot both be set")
    if nano < 0 or nano > CPUS * 10**9:
        raise InvalidParameter(f"range of CPUs is from 0.01 to {CPUS}.00, as there are only {CPUS} CPUs available")
    if period and not 1000 <= period <= 1_000_000:
        raise InvalidParameter("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
    if 0 < quota < 1000:
        raise InvalidParameter("CPU cfs quota can not be less than 1ms (i.e. 1000)")
    _check_cpus("cpus", "CPUs", asked.cpuset_cpus or "", CPUS)
    _check_cpus("mems", "memory nodes", asked.cpuset_mems or "", 1)


def _check_memory(memory: int, swap: int, reservation: int) -> None:
    if 0 < memory < 6 * _MIB:
        raise InvalidParameter("Minimum memory limit allowed is 6MB")
    if memory > 0 and 0 < swap < memory:
        raise InvalidParameter("Minimum memoryswap limit should be larger than memory limit, see usage")
    if 0 < reservation < 6 * _MIB:
        raise InvalidParameter("Minimum memory reservation allowed is 6MB")
    if 0 < memory < reservation:
        raise InvalidParameter("Minimum memory limit can not be less than memory reservation limit, see usage")


def _check_cpus(name: str, title: str, text: str, there: int) -> None:
    if not text:
        return
    if not _CPUS.fullmatch(text):
        raise InvalidParameter(f"Invalid value {text} for cpuset {name}: invalid format: {text}")
    if max(int(one) for one in re.findall(r"\d+", text)) >= there:
        last = f"0-{there - 1}" if there > 1 else "0"
        raise InvalidParameter(f"Requested {title} are not available - requested {text}, available: {last}")
