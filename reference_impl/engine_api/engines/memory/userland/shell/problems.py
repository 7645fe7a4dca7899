"""Errors of scripts."""

from __future__ import annotations

__all__ = ["Incomplete", "SyntaxProblem"]


class SyntaxProblem(Exception):
    """The script is malformed; the message is that of the shell."""


class Incomplete(SyntaxProblem):
    """The script ends too early; more text may complete it."""
