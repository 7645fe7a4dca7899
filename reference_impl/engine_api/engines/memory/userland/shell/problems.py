"""What is wrong with a script."""

from __future__ import annotations

__all__ = ["Incomplete", "SyntaxProblem"]


class SyntaxProblem(Exception):
    """It is no script; the message is as the shell words it."""


class Incomplete(SyntaxProblem):
    """It ends too early; more text may complete it."""
