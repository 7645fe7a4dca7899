"""Parsing the commands of a script."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from engine_api.engines.memory.userland.shell.problems import Incomplete, SyntaxProblem
from engine_api.engines.memory.userland.shell.syntax import (
    AndOr,
    Case,
    CommandList,
    Compound,
    For,
    Function,
    Group,
    If,
    Literal,
    Loop,
    Node,
    Pipeline,
    Redirection,
    Simple,
    Subshell,
    Word,
)
from engine_api.engines.memory.userland.shell.words import WordReader

__all__ = ["RESERVED", "Parser", "parse"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_OPERATORS: Final = (
    "<<-",
    "&&",
    "||",
    ";;",
    "<<",
    ">>",
    "<&",
    ">&",
    "<>",
    ">|",
    "&>",
    "|",
    "&",
    ";",
    "<",
    ">",
    "(",
    ")",
    "\n",
)
_REDIRECTIONS: Final = frozenset((">", ">>", "<", "<<", "<<-", ">&", "<&", "<>", ">|", "&>"))
RESERVED: Final = frozenset(
    ("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!", "in")
)


def parse(text: str) -> CommandList:
    """Parse a script.

    Raises:
        SyntaxProblem: the script is malformed.
    """
    parser = Parser(text)
    script = parser.command_list(frozenset())
    if parser.peek() != "":
        parser.unexpected()
    return script


class Parser(WordReader):
    """Reads a script by recursive descent."""

    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text, depth)
        self._heredocs: list[tuple[Redirection, str, bool, bool]] = []

    # Tokens

    def peek(self) -> str:
        """Return the next operator or plain word, or the first character of another word; empty at the end."""
        self.skip_blanks()
        if self.at >= len(self.text):
            return ""
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.at):
                return operator
        end = self.at
        while end < len(self.text) and self.text[end] not in " \t\n;&|<>()'\"\\$`":
            end += 1
        return self.text[self.at : max(end, self.at + 1)]

    def _plain(self) -> bool:
        """Whether the next word has nothing quoted or expanded."""
        word = self.peek()
        end = self.at + len(word)
        return end >= len(self.text) or self.text[end] in " \t\n;&|<>()"

    def _reserved(self) -> str:
        word = self.peek()
        return word if word in RESERVED and self._plain() else ""

    def _take(self, token: str) -> None:
        if self.peek() != token:
            self.unexpected(token)
        self.at += len(token)
        if token == "\n":
            self._read_heredocs()

    def unexpected(self, wanted: str = "", *, reserved: bool = True) -> NoReturn:
        """Raise the error for the next token."""
        found = self.peek()
        if not found:
            raise Incomplete(
                f'syntax error: unexpected end of file (expecting "{wanted}")'
                if wanted
                else "syntax error: unexpected end of file"
            )
        if found == "\n":
            found = "newline"
        elif found in _REDIRECTIONS:
            found = "redirection"
        elif found not in _OPERATORS and (found not in RESERVED or not reserved):
            found = "word"
        shown = f'"{found}"' if found not in ("newline", "word", "redirection") else found
        raise SyntaxProblem(f"syntax error: unexpected {shown}" + (f' (expecting "{wanted}")' if wanted else ""))

    def _newlines(self) -> None:
        while self.peek() == "\n":
            self._take("\n")

    # Lists

    def substituted_script(self) -> None:
        """Read the script of a substitution with the parenthesis that ends it."""
        self.command_list(frozenset())
        self._take(")")

    def command_list(self, ends: frozenset[str]) -> CommandList:
        """Return the commands up to one of the reserved words or operators."""
        found = CommandList()
        while True:
            self._newlines()
            token = self.peek()
            if token == ";":
                self.unexpected()
            if token in ("", ")", ";;") or (token in ends and self._plain()):
                return found
            item = self._and_or()
            found.items.append(item)
            token = self.peek()
            if token == "&":
                item.background = True
                self._take("&")
            elif token in (";", "\n"):
                self._take(token)
            elif token in ("", ")", ";;") or (token in ends and self._plain()):
                return found
            else:
                self.unexpected()

    def _and_or(self) -> AndOr:
        item = AndOr(self._pipeline(), [])
        while (operator := self.peek()) in ("&&", "||"):
            self._take(operator)
            self._newlines()
            item.rest.append((operator, self._pipeline()))
        return item

    def _pipeline(self) -> Pipeline:
        negated = False
        if self._reserved() == "!":
            self._take("!")
            negated = True
            if self._reserved() == "!":
                self.unexpected()
        commands = [self._command()]
        while self.peek() == "|":
            self._take("|")
            self._newlines()
            commands.append(self._command())
        return Pipeline(commands, negated)

    # Commands

    def _command(self) -> Node:
        self.depth += 1
        self.check_depth()
        try:
            return self._command_inside()
        finally:
            self.depth -= 1

    def _command_inside(self) -> Node:
        token = self._reserved()
        node: Node
        if token == "if":
            node = self._if()
        elif token == "for":
            node = self._for()
        elif token in ("while", "until"):
            self._take(token)
            condition = self.command_list(frozenset(("do",)))
            node = Loop(condition, self._do(), token == "until")
        elif token == "case":
            node = self._case()
        elif token == "{":
            self._take("{")
            node = Group(self.command_list(frozenset(("}",))))
            self._take("}")
        elif token:
            self.unexpected()
        elif self.peek() == "(":
            self._take("(")
            node = Subshell(self.command_list(frozenset()))
            self._take(")")
        else:
            return self._simple()
        redirections: list[Redirection] = []
        while (redirection := self._redirection()) is not None:
            redirections.append(redirection)
        return Compound(node, redirections) if redirections else node

    def _if(self) -> If:
        self._take("if")
        branches: list[tuple[CommandList, CommandList]] = []
        otherwise = None
        while True:
            condition = self.command_list(frozenset(("then",)))
            self._take("then")
            branches.append((condition, self.command_list(frozenset(("elif", "else", "fi")))))
            token = self._reserved()
            if token == "elif":
                self._take("elif")
                continue
            if token == "else":
                self._take("else")
                otherwise = self.command_list(frozenset(("fi",)))
            self._take("fi")
            return If(branches, otherwise)

    def _do(self) -> CommandList:
        self._take("do")
        body = self.command_list(frozenset(("done",)))
        self._take("done")
        return body

    def _for(self) -> For:
        self._take("for")
        self.skip_blanks()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise SyntaxProblem("syntax error: bad for loop variable")
        self.at = match.end()
        self._newlines()
        words: list[Word] | None = None
        if self._reserved() == "in":
            self._take("in")
            words = []
            while self.peek() not in (";", "\n", ""):
                words.append(self.word())
        if self.peek() == ";":
            self._take(";")
        self._newlines()
        return For(match[0], words, self._do())

    def _case(self) -> Case:
        self._take("case")
        word = self.word()
        self._newlines()
        self._take("in")
        self._newlines()
        branches: list[tuple[list[Word], CommandList]] = []
        while self._reserved() != "esac":
            if self.peek() == "(":
                self._take("(")
            patterns = [self.word()]
            while self.peek() == "|":
                self._take("|")
                patterns.append(self.word())
            self._take(")")
            branches.append((patterns, self.command_list(frozenset(("esac",)))))
            if self.peek() == ";;":
                self._take(";;")
            self._newlines()
        self._take("esac")
        return Case(word, branches)

    def _simple(self) -> Node:
        self.skip_blanks()
        command = Simple([], [], [], self.text.count("\n", 0, self.at))
        while True:
            redirection = self._redirection()
            if redirection is not None:
                command.redirections.append(redirection)
                continue
            token = self.peek()
            if token == "(" and len(command.words) == 1 and command.words[0].plain and not command.assignments:
                return self._function(command.words[0].plain)
            if token == "" or token in _OPERATORS:
                break
            match = _ASSIGNMENT.match(self.text, self.at)
            if match is not None and not command.words:
                self.at = match.end()
                command.assignments.append((match[0][:-1], self.word(empty=True)))
            else:
                command.words.append(self.word())
        if not (command.words or command.assignments or command.redirections):
            self.unexpected()
        return command

    def _function(self, name: str) -> Function:
        if not _NAME.fullmatch(name):
            raise SyntaxProblem("syntax error: bad function name")
        self._take("(")
        if self.peek() != ")":
            self.unexpected(")", reserved=False)
        self._take(")")
        self._newlines()
        return Function(name, self._command())

    def _redirection(self) -> Redirection | None:
        self.skip_blanks()
        match = re.compile(r"\d(?=[<>])").match(self.text, self.at)
        start = self.at
        if match is not None:
            self.at += 1
        operator = self.peek()
        if operator not in _REDIRECTIONS:
            self.at = start
            return None
        self.at += len(operator)
        fd = int(match[0]) if match is not None else (0 if operator.startswith("<") else 1)
        self.skip_blanks()
        if self.at >= len(self.text) or self.peek() in _OPERATORS:
            self.unexpected()
        begin = self.at
        found = Redirection(fd, operator, self.word())
        if operator in ("<<", "<<-"):
            raw = self.text[begin : self.at]
            quoted = any(mark in raw for mark in "'\"\\")
            end = re.sub(r"['\"\\]", "", raw)
            found.target = Word([])
            self._heredocs.append((found, end, quoted, operator == "<<-"))
        return found

    def _read_heredocs(self) -> None:
        waiting, self._heredocs = self._heredocs, []
        for redirection, end, quoted, strip in waiting:
            lines: list[str] = []
            while self.at < len(self.text):
                line, newline, _ = self.text[self.at :].partition("\n")
                self.at += len(line) + len(newline)
                if strip:
                    line = line.lstrip("\t")
                if line == end:
                    break
                lines.append(line + "\n")
            body = "".join(lines)
            redirection.target = Word([Literal(body, True)]) if quoted else self.nested(body).document()
