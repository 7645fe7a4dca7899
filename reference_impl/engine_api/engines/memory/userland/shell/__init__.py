"""A POSIX-like shell for containers.

Parsers of shell text that could be had are under licences that do not fit, or need compiled code; so this has its own.
"""

from engine_api.engines.memory.userland.shell.main import sh

__all__ = ["sh"]
