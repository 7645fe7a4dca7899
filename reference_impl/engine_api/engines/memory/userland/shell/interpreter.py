"""Running parsed scripts."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Sequence
from typing import Final

from engine_api.engines.memory.userland.nodes import Device
from engine_api.engines.memory.userland.patterns import compile_pattern
from engine_api.engines.memory.userland.pipes import (
    BrokenPipe,
    FileReader,
    NullWriter,
    Pipe,
    PipeReader,
    PipeWriter,
    Reader,
)
from engine_api.engines.memory.userland.process import Process
from engine_api.engines.memory.userland.programs import CannotRun, CommandNotFound
from engine_api.engines.memory.userland.shell.arithmetic import ArithmeticProblem
from engine_api.engines.memory.userland.shell.expand import Expander, ExpansionProblem
from engine_api.engines.memory.userland.shell.files import SIZE_LIMIT, Files, Opener
from engine_api.engines.memory.userland.shell.flow import Broken, Continued, Exited, Interrupted, Returned
from engine_api.engines.memory.userland.shell.parser import parse
from engine_api.engines.memory.userland.shell.problems import SyntaxProblem
from engine_api.engines.memory.userland.shell.state import Builtins, ShellState
from engine_api.engines.memory.userland.shell.syntax import (
    AndOr,
    Case,
    CommandList,
    Compound,
    For,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Redirection,
    Simple,
    Subshell,
    Substitution,
)

__all__ = ["Shell"]

_STEPS: Final = 200


class Shell(ShellState):
    """A shell that runs parsed scripts."""

    def __init__(
        self, process: Process, name: str, positional: Sequence[str], builtins: Builtins, files: Files | None = None
    ) -> None:
        super().__init__(process, name, positional, builtins, files)
        self.expander = Expander(self, self.substitute, self.glob, lambda: "u" in self.options)

    async def substitute(self, script: str) -> str:
        """Run a script, and return its standard output."""
        pipe = Pipe(capacity=SIZE_LIMIT)
        files = self.files.copy()
        files.writers[1] = PipeWriter(pipe)
        inner = self.fork(files)
        inner.status = self.status
        self.status = await inner.run_isolated(parse(script))
        pipe.end()
        parts: list[bytes] = []
        while data := await pipe.read():
            parts.append(data)
        return b"".join(parts).replace(b"\0", b"").decode("utf-8", "surrogateescape")

    async def run_traps(self) -> None:
        """Run the traps of signals that arrived."""
        while self.pending:
            number = self.pending.pop(0)
            self.signalled.clear()
            before = self.status
            await self.run(parse(self.traps.get(number, "")))
            self.status = before

    # Running

    async def run_isolated(self, script: CommandList) -> int:
        """Run a script as a subshell, which `exit` ends; return its status."""
        try:
            await self.run(script)
        except Exited as flow:
            self.status = flow.value
        except Returned as flow:
            self.status = flow.value
        except (Broken, Continued):
            pass
        except (ExpansionProblem, ArithmeticProblem, SyntaxProblem) as problem:
            await self.complain(str(problem))
            self.status = 2
        await self.end()
        return self.status

    async def end(self) -> None:
        """Run the trap of the end of the shell."""
        action = self.traps.pop(0, None)
        if action:
            status = self.status
            try:
                await self.run(parse(action))
                self.status = status
            except Exited as flow:
                self.status = flow.value

    async def complain(self, text: str) -> None:
        """Write a line to standard error after the shell's name."""
        line = f"{self.name}: {text}\n".encode("utf-8", "surrogateescape")
        try:
            await self.files.writers.get(2, NullWriter()).write(line)
        except BrokenPipe:
            return

    async def refuse(self, builtin: str, text: str) -> None:
        """Write an error of a builtin to standard error, with its line number."""
        await self.complain(f"{builtin}: line {self.first_line + self.line}: {text}")

    async def run(self, script: CommandList) -> int:
        """Run commands one after the other; return the status of the last one."""
        for item in script.items:
            self._steps += 1
            if self._steps % _STEPS == 0:
                await asyncio.sleep(0)
            if item.background:
                await self._background(item)
            else:
                await self._and_or(item)
            if self.pending:
                await self.run_traps()
        return self.status

    async def _background(self, item: AndOr) -> None:
        files = self.files.copy()
        files.readers[0] = FileReader(Device("null"))
        inner = self.fork(files)
        once = CommandList([AndOr(item.first, item.rest)])
        number = self.process.sandbox.next_pid()
        task = asyncio.ensure_future(self.process.sandbox.gated(inner.run_isolated(once)))
        self.last_background = number
        self.jobs[number] = task
        self.process.sandbox.tasks.add(task)
        task.add_done_callback(self.process.sandbox.tasks.discard)
        self.status = 0
        await asyncio.sleep(0)

    async def _and_or(self, item: AndOr) -> None:
        tested = bool(item.rest)
        await self._pipeline(item.first, tested=tested)
        for index, (operator, pipeline) in enumerate(item.rest):
            if (operator == "&&") == (self.status == 0):
                await self._pipeline(pipeline, tested=index < len(item.rest) - 1)

    async def _pipeline(self, pipeline: Pipeline, *, tested: bool) -> None:
        untested = not (tested or pipeline.negated)
        self.testing += not untested
        try:
            if len(pipeline.commands) == 1:
                await self.command(pipeline.commands[0])
            else:
                await self._pipe(pipeline.commands)
        finally:
            self.testing -= not untested
        if pipeline.negated:
            self.status = int(self.status == 0)
        elif self.status and "e" in self.options and untested and not self.testing:
            raise Exited(self.status)

    async def _pipe(self, commands: Sequence[Node]) -> None:
        tasks: list[asyncio.Task[int]] = []
        reader: Reader | None = None
        for index, command in enumerate(commands):
            files = self.files.copy()
            if reader is not None:
                files.readers[0] = reader
            pipe = Pipe() if index < len(commands) - 1 else None
            if pipe is not None:
                files.writers[1] = PipeWriter(pipe)
            stage = self._stage(command, self.fork(files), reader, pipe)
            tasks.append(asyncio.ensure_future(self.process.sandbox.gated(stage)))
            reader = PipeReader(pipe) if pipe is not None else None
        try:
            results = await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        failed = [status for status in results if status]
        self.status = failed[-1] if failed and "pipefail" in self.options else results[-1]

    async def _stage(self, command: Node, shell: Shell, reader: Reader | None, pipe: Pipe | None) -> int:
        try:
            return await shell.run_isolated(CommandList([AndOr(Pipeline([command]), [])]))
        except BrokenPipe:
            return 128 + signal.SIGPIPE
        finally:
            if pipe is not None:
                pipe.end()
            if reader is not None:
                reader.close()

    async def command(self, node: Node) -> None:
        """Run one command."""
        if isinstance(node, Simple):
            await self._simple(node)
        elif isinstance(node, Compound):
            before = self.files
            try:
                self.files = await self._redirect(node.redirections, self.files)
                await self.command(node.command)
            except OSError as error:
                await self._cannot_open(error)
                self.status = 2 if isinstance(node.command, Subshell) else 1
            finally:
                self.files = before
        elif isinstance(node, Group):
            await self.run(node.body)
        elif isinstance(node, Subshell):
            inner = self.fork(self.files.copy())
            self.status = await inner.run_isolated(node.body)
        elif isinstance(node, If):
            await self._if(node)
        elif isinstance(node, For):
            words = list(self.positional) if node.words is None else await self.expander.fields(node.words)
            await self._for(node, words)
        elif isinstance(node, Loop):
            await self._loop(node)
        elif isinstance(node, Case):
            await self._case(node)
        else:
            self.functions[node.name] = node.body
            self.status = 0

    async def _test(self, condition: CommandList) -> bool:
        self.testing += 1
        try:
            return await self.run(condition) == 0
        finally:
            self.testing -= 1

    async def _if(self, node: If) -> None:
        for condition, body in node.branches:
            if await self._test(condition):
                await self.run(body)
                return
        self.status = 0
        if node.otherwise is not None:
            await self.run(node.otherwise)

    async def _for(self, node: For, words: Sequence[str]) -> None:
        self.status = 0
        for word in words:
            self.assign(node.name, word)
            if await self._body(node.body):
                return

    async def _loop(self, node: Loop) -> None:
        status = 0
        while True:
            await asyncio.sleep(0)
            try:
                if await self._test(node.condition) == node.until:
                    self.status = status
                    return
            except Broken as flow:
                if flow.value > 1:
                    raise Broken(flow.value - 1) from None
                return
            if await self._body(node.body):
                return
            status = self.status

    async def _body(self, body: CommandList) -> bool:
        """Run the body of a loop once; return whether the loop ends."""
        self.loops += 1
        try:
            await self.run(body)
        except Broken as flow:
            if flow.value > 1:
                raise Broken(flow.value - 1) from None
            self.status = 0
            return True
        except Continued as flow:
            if flow.value > 1:
                raise Continued(flow.value - 1) from None
        finally:
            self.loops -= 1
        return False

    async def _case(self, node: Case) -> None:
        value = await self.expander.text(node.word)
        self.status = 0
        for patterns, body in node.branches:
            for pattern in patterns:
                if compile_pattern(await self.expander.pattern(pattern)).fullmatch(value):
                    await self.run(body)
                    return

    # Simple commands

    async def _simple(self, node: Simple) -> None:
        self.line = node.line
        argv = await self.expander.fields(node.words)
        assignments = [(name, await self.expander.text(word)) for name, word in node.assignments]
        if "x" in self.options:
            shown = " ".join([*(f"{name}={value}" for name, value in assignments), *argv])
            await self.files.writers[2].write(f"+ {shown}\n".encode())
        try:
            files = await self._redirect(node.redirections, self.files) if node.redirections else self.files
        except OSError as error:
            await self._cannot_open(error)
            if argv and argv[0] in self.builtins.special and not self.interactive:
                raise Exited(self.status) from None
            return
        if not argv:
            if not any(isinstance(part, Substitution) for _, word in node.assignments for part in word.parts):
                self.status = 0
            for name, value in assignments:
                self.assign(name, value)
            return
        await self.execute(argv, assignments, files)

    async def execute(self, argv: list[str], assignments: Sequence[tuple[str, str]], files: Files) -> None:
        """Run a command by its name: a function, a builtin, or a program."""
        name = argv[0]
        if name in self.functions:
            await self._call(self.functions[name], argv, assignments, files)
            return
        builtin = self.builtins.stateful.get(name)
        if builtin is not None:
            for key, value in assignments:
                self.assign(key, value)
            before = self.files
            self.files = files
            try:
                self.status = await builtin(self, argv)
            except OSError as error:
                await self.complain(f"{name}: {error.strerror}")
                self.status = 1
            finally:
                if name != "exec":
                    self.files = before
            return
        inline = self.builtins.inline.get(name)
        if inline is not None:
            child = self.process.child(
                argv,
                files.readers.get(0, self.process.stdin),
                files.writers.get(1, NullWriter()),
                files.writers.get(2, NullWriter()),
                self.cwd,
                self.umask,
            )
            try:
                self.status = await inline(child)
            except OSError as error:
                await child.complain(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror))
                self.status = 1
            return
        await self._program(argv, dict(assignments), files)

    async def _call(self, body: Node, argv: list[str], assignments: Sequence[tuple[str, str]], files: Files) -> None:
        if len(self._locals) > 40:
            raise ExpansionProblem("too many nested functions")
        positional, before = self.positional, self.files
        self.positional, self.files = argv[1:], files
        self._locals.append({})
        try:
            for key, value in assignments:
                self.declare_local(key, value)
            await self.command(body)
        except Returned as flow:
            self.status = flow.value
        finally:
            for key, old in self._locals.pop().items():
                if old is None:
                    self.variables.pop(key, None)
                else:
                    self.variables[key] = old
            self.positional, self.files = positional, before

    async def _program(self, argv: list[str], extra: dict[str, str], files: Files) -> None:
        environment = {**self.environment, **extra}
        if "PATH" in self.variables and "PATH" not in environment:
            environment["PATH"] = self.variables["PATH"]
        try:
            child = self.process.spawn(
                argv,
                env=environment,
                cwd=self.cwd,
                stdin=files.readers.get(0, self.process.stdin),
                stdout=files.writers.get(1, NullWriter()),
                stderr=files.writers.get(2, NullWriter()),
                umask=self.umask,
            )
        except CommandNotFound:
            before, self.files = self.files, files
            await self.complain(f"{argv[0]}: not found")
            self.files = before
            self.status = 127
            return
        except CannotRun:
            before, self.files = self.files, files
            await self.complain(f"{argv[0]}: Permission denied")
            self.files = before
            self.status = 126
            return
        self.children[child.pid] = child
        try:
            self.status = await child.wait()
        except asyncio.CancelledError:
            child.send(signal.SIGKILL)
            raise
        finally:
            self.children.pop(child.pid, None)
        if child.exit_signal == signal.SIGINT and self.interactive:
            raise Interrupted
        if child.exit_signal is not None and not self.process.sandbox.closing:
            await self.report_end(child.exit_signal)

    async def report_end(self, number: int) -> None:
        """Write by which signal a command ended, if it is one that shells report."""
        words = {signal.SIGKILL: "Killed", signal.SIGTERM: "Terminated", signal.SIGSEGV: "Segmentation fault"}
        text = words.get(signal.Signals(number))
        if text:
            await self.files.writers.get(2, NullWriter()).write(text.encode() + b"\n")

    # Files

    @property
    def opener(self) -> Opener:
        """Opens files with the options and working directory of the shell."""
        return Opener(self.process, self.cwd, self.umask, "C" in self.options)

    async def _redirect(self, redirections: Sequence[Redirection], files: Files) -> Files:
        made = files.copy()
        for redirection in redirections:
            target = await self.expander.text(redirection.target)
            self.opener.redirect(redirection.operator, redirection.fd, target, made)
        return made

    async def _cannot_open(self, error: OSError) -> None:
        text = os.strerror(error.errno or 0)
        if error.errno == errno.EBADF:
            await self.complain(f"{error.filename}: {text}")
        else:
            missing = error.errno == errno.ENOENT
            await self.complain(f"can't {error.filename}" if missing else f"can't {error.filename}: {text}")
        self.status = 1
