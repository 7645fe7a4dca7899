"""From the text of a script to what it is made of."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from engine_api.engines.memory.userland.shell.syntax import (
    AndOr,
    Arithmetic,
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
    Parameter,
    Part,
    Pipeline,
    Redirection,
    Simple,
    Subshell,
    Substitution,
    Word,
)

__all__ = ["RESERVED", "Incomplete", "Parser", "SyntaxProblem", "parse"]

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
_DEPTH: Final = 100


class SyntaxProblem(Exception):
    """It is no script; the message is as the shell words it."""


class Incomplete(SyntaxProblem):
    """It ends too early; more text may complete it."""


def parse(text: str) -> CommandList:
    """Read a whole script.

    Raises:
        SyntaxProblem: it is none.
    """
    parser = Parser(text)
    script = parser.command_list(frozenset())
    if parser.peek() != "":
        parser.unexpected()
    return script


class Parser:
    """Reads a script by recursive descent."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self._heredocs: list[tuple[Redirection, str, bool, bool]] = []
        if depth > _DEPTH:
            raise SyntaxProblem("syntax error: nested too deep")

    # Tokens

    def _skip(self) -> None:
        text = self.text
        while self.at < len(text):
            if text[self.at] in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif text[self.at] == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def peek(self) -> str:
        """The next operator or plain word, or the first character of another word; empty at the end."""
        self._skip()
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
        """Complain about what comes next, which may be a reserved word."""
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

    def command_list(self, ends: frozenset[str]) -> CommandList:
        """Commands up to one of the reserved words or operators."""
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
        if self.depth > _DEPTH:
            raise SyntaxProblem("syntax error: nested too deep")
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
        self._skip()
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
        self._skip()
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
        self._skip()
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
        self._skip()
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
            redirection.target = Word([Literal(body, True)]) if quoted else Parser(body, self.depth + 1).document()

    # Words

    def document(self) -> Word:
        """The whole text as if in double quotes, with quotes as they are."""
        return Word(self._quoted(None))

    def word(self, *, empty: bool = False, until: str = "") -> Word:
        """A word; ends before a blank or operator, or at `until` if that is given."""
        if not until and not empty:
            self._skip()
        parts: list[Part] = []
        text: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if until:
                if character == until:
                    break
            elif character in " \t\n;&|<>()":
                break
            if character in "'\"\\$`":
                part = self._special(character)
                if isinstance(part, str):
                    text.append(part)
                    continue
                if text:
                    parts.append(Literal("".join(text)))
                    text = []
                parts += part
            else:
                text.append(character)
                self.at += 1
        if text:
            parts.append(Literal("".join(text)))
        if not parts and not empty and not until:
            self.unexpected()
        return Word(parts)

    def _special(self, character: str) -> str | list[Part]:
        if character == "'":
            end = self.text.find("'", self.at + 1)
            if end < 0:
                raise Incomplete("syntax error: unterminated quoted string")
            body = self.text[self.at + 1 : end]
            self.at = end + 1
            return [Literal(body, True)]
        if character == '"':
            self.at += 1
            parts = self._quoted('"')
            return parts or [Literal("", True)]
        if character == "\\":
            self.at += 2
            if self.at > len(self.text):
                return "\\"
            escaped = self.text[self.at - 1]
            return [Literal(escaped, True)] if escaped != "\n" else [Literal("", False)]
        return self._dollar(quoted=False)

    def _quoted(self, end: str | None) -> list[Part]:
        parts: list[Part] = []
        text: list[str] = []

        def flush() -> None:
            if text:
                parts.append(Literal("".join(text), True))
                text.clear()

        while True:
            if self.at >= len(self.text):
                if end is None:
                    flush()
                    return parts
                raise Incomplete("syntax error: unterminated quoted string")
            character = self.text[self.at]
            if character == end:
                self.at += 1
                flush()
                return parts
            if character == "\\" and self.at + 1 < len(self.text):
                following = self.text[self.at + 1]
                self.at += 2
                if following == "\n":
                    continue
                text.append(following if following in '$`\\"' and (following != '"' or end) else "\\" + following)
            elif character in "$`":
                part = self._dollar(quoted=True)
                if isinstance(part, str):
                    text.append(part)
                else:
                    flush()
                    parts += part
            else:
                text.append(character)
                self.at += 1

    def _dollar(self, *, quoted: bool) -> str | list[Part]:
        text = self.text
        if text[self.at] == "`":
            end = self.at + 1
            while end < len(text) and text[end] != "`":
                end += 2 if text[end] == "\\" else 1
            if end >= len(text):
                raise Incomplete("syntax error: EOF in backquote substitution")
            script = re.sub(r"\\([\\`$])", r"\1", text[self.at + 1 : end])
            self.at = end + 1
            return [Substitution(script, quoted)]
        if text.startswith("$((", self.at):
            close = self._balanced(self.at + 3, "))")
            if close is not None:
                expression = Parser(text[self.at + 3 : close], self.depth + 1).document()
                self.at = close + 2
                return [Arithmetic(expression, quoted)]
        if text.startswith("$(", self.at):
            inner = Parser(text, self.depth + 1)
            inner.at = self.at + 2
            start = inner.at
            inner.command_list(frozenset())
            inner._take(")")
            script = text[start : inner.at - 1]
            self.at = inner.at
            return [Substitution(script, quoted)]
        if text.startswith("${", self.at):
            return [self._braced(quoted)]
        match = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|[0-9?#@*$!-])").match(text, self.at)
        if match is not None:
            self.at = match.end()
            return [Parameter(match[1], quoted=quoted)]
        if text.startswith("$'", self.at) and not quoted:
            end = self.at + 2
            while end < len(text) and text[end] != "'":
                end += 2 if text[end] == "\\" else 1
            body = text[self.at + 2 : end]
            self.at = end + 1
            body = re.sub(r"(\\\\)|\\(['\"])", lambda found: found[1] or found[2], body)
            return [Literal(unescape(body), True)]
        self.at += 1
        return "$"

    def _balanced(self, start: int, end: str) -> int | None:
        level = 0
        at = start
        while at < len(self.text):
            if level == 0 and self.text.startswith(end, at):
                return at
            if self.text[at] == "(":
                level += 1
            elif self.text[at] == ")":
                level -= 1
                if level < 0:
                    return None
            at += 1
        return None

    def _braced(self, quoted: bool) -> Parameter:
        match = re.compile(r"\$\{(#?)([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?#@*$!-])").match(self.text, self.at)
        if match is None:
            raise SyntaxProblem("syntax error: bad substitution")
        self.at = match.end()
        if match[1]:
            if not self.text.startswith("}", self.at):
                raise SyntaxProblem("syntax error: bad substitution")
            self.at += 1
            return Parameter(match[2], "length", quoted=quoted)
        operator = re.compile(r":?[-=+?]|%%?|##?|//?|:|").match(self.text, self.at)
        assert operator is not None
        self.at = operator.end()
        word = self.word(until="}")
        if not self.text.startswith("}", self.at):
            raise Incomplete("syntax error: missing '}'")
        self.at += 1
        if not operator[0] and word.parts:
            raise SyntaxProblem("syntax error: bad substitution")
        return Parameter(match[2], operator[0], word, quoted)


_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\033", "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|0?[0-7]{1,3}|.)", re.DOTALL)


def unescape(text: str) -> str:
    """Text with its backslash escapes made real."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code in _ESCAPES:
            return _ESCAPES[code]
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        if code[0] in "01234567":
            return chr(int(code, 8) & 0xFF)
        return match[0]

    return _ESCAPE.sub(one, text)
