"""Nodes of a parsed script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = [
    "AndOr",
    "Arithmetic",
    "Case",
    "Command",
    "CommandList",
    "Compound",
    "For",
    "Function",
    "Group",
    "If",
    "Literal",
    "Loop",
    "Node",
    "Parameter",
    "Part",
    "Pipeline",
    "Redirection",
    "Simple",
    "Subshell",
    "Substitution",
    "Word",
]


@dataclass(slots=True)
class Literal:
    """Text as it is."""

    text: str
    quoted: bool = False


@dataclass(slots=True)
class Parameter:
    """`$NAME` or `${NAME OPERATOR WORD}`."""

    name: str
    operator: str = ""
    word: Word | None = None
    quoted: bool = False


@dataclass(slots=True)
class Substitution:
    """`$(SCRIPT)`."""

    script: str
    quoted: bool = False


@dataclass(slots=True)
class Arithmetic:
    """`$((EXPRESSION))`."""

    expression: Word
    quoted: bool = False


Part: TypeAlias = Literal | Parameter | Substitution | Arithmetic


@dataclass(slots=True)
class Word:
    """Parts without blanks between them."""

    parts: list[Part] = field(default_factory=list)

    @property
    def plain(self) -> str | None:
        """Text of the word if nothing in it is quoted or expanded, else None."""
        if all(isinstance(part, Literal) and not part.quoted for part in self.parts):
            return "".join(part.text for part in self.parts if isinstance(part, Literal))
        return None


@dataclass(slots=True)
class Redirection:
    """`FD OPERATOR TARGET`; a here-document has its text as the target."""

    fd: int
    operator: str
    target: Word


@dataclass(slots=True)
class Simple:
    """Assignments, a command with its arguments, redirections."""

    assignments: list[tuple[str, Word]]
    words: list[Word]
    redirections: list[Redirection]
    line: int = 0
    """Number of lines above the command."""


@dataclass(slots=True)
class Group:
    """`{ ...; }`."""

    body: CommandList


@dataclass(slots=True)
class Subshell:
    """`( ... )`."""

    body: CommandList


@dataclass(slots=True)
class If:
    """`if ...; then ...; elif ...; else ...; fi`."""

    branches: list[tuple[CommandList, CommandList]]
    otherwise: CommandList | None


@dataclass(slots=True)
class For:
    """`for NAME in WORDS; do ...; done`."""

    name: str
    words: list[Word] | None
    body: CommandList


@dataclass(slots=True)
class Loop:
    """`while ...; do ...; done`, or `until`."""

    condition: CommandList
    body: CommandList
    until: bool


@dataclass(slots=True)
class Case:
    """`case WORD in PATTERN) ...;; esac`."""

    word: Word
    branches: list[tuple[list[Word], CommandList]]


@dataclass(slots=True)
class Function:
    """`NAME() BODY`."""

    name: str
    body: Node


@dataclass(slots=True)
class Compound:
    """A compound command with redirections."""

    command: Node
    redirections: list[Redirection]


Node: TypeAlias = Simple | Group | Subshell | If | For | Loop | Case | Function | Compound
Command = Node


@dataclass(slots=True)
class Pipeline:
    """Commands joined by `|`, with an optional `!` in front."""

    commands: list[Node]
    negated: bool = False


@dataclass(slots=True)
class AndOr:
    """Pipelines joined by `&&` and `||`, which a final `&` runs in the background."""

    first: Pipeline
    rest: list[tuple[str, Pipeline]]
    background: bool = False


@dataclass(slots=True)
class CommandList:
    """Commands that run one after the other."""

    items: list[AndOr] = field(default_factory=list)
