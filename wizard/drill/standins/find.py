"""``find`` as the kinds call it: tests joined by blank, ``!``, ``-o`` and brackets, and what is done with each path."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint

_ESCAPES = {"\\n": "\n", "\\0": "\0", "\\\\": "\\"}
_LETTERS = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l"}

Test = Callable[[Path], bool]


@dataclass
class Walk:
    """One expression, parsed, and what it has come to so far."""

    call: Call
    host: PracticeHost
    top: str
    deep: bool = True
    acts: bool = False
    out: list[str] = field(default_factory=list)
    commands: list[tuple[list[str], list[str]]] = field(default_factory=list)

    def named(self, path: Path) -> str:
        """A path as it is printed: from the word on that named the top."""
        inside = path.relative_to(self.call.path(self.top))
        return self.top if inside == Path() else f"{self.top.rstrip('/')}/{inside}"

    def expression(self, words: list[str]) -> Test:
        """Alternatives, each a row of tests."""
        rows = [self._row(words)]
        while words and words[0] == "-o":
            words.pop(0)
            rows.append(self._row(words))
        return lambda path: any(row(path) for row in rows)

    def _row(self, words: list[str]) -> Test:
        tests: list[Test] = []
        while words and words[0] not in {"-o", ")"}:
            tests.append(self._one(words))
        return lambda path: all(test(path) for test in tests)

    def _one(self, words: list[str]) -> Test:
        word = words.pop(0)
        if word == "!":
            inner = self._one(words)
            return lambda path: not inner(path)
        if word == "(":
            inner = self.expression(words)
            words.pop(0)
            return inner
        return self._act(word, words) or self._primary(word, words)

    def _act(self, word: str, words: list[str]) -> Test | None:
        if word == "-printf":
            self.acts = True
            return self._printf(words.pop(0))
        if word in {"-exec", "-execdir"}:
            return self._exec(words)
        return None

    def _printf(self, form: str) -> Test:
        def tell(path: Path) -> bool:
            self.out.append(self._printed(form, path))
            return True

        return tell

    def _exec(self, words: list[str]) -> Test:
        if "+" not in words or words[words.index("+") - 1] != "{}":
            raise UnmodelledError("-exec that does not end with {} +")
        self.acts = True
        at = words.index("+")
        command, paths = words[: at - 1], list[str]()
        del words[: at + 1]
        self.commands.append((command, paths))

        def collect(path: Path) -> bool:
            paths.append(self.named(path))
            return True

        return collect

    def _primary(self, word: str, words: list[str]) -> Test:
        if word == "-prune":
            self.deep = False
            return lambda _path: True
        if word == "-xdev":
            return lambda _path: True
        tests: dict[str, Callable[[str], Test]] = {
            "-type": lambda letter: lambda path: self._letter(path) == letter,
            "-user": lambda name: self._belongs("user", name),
            "-group": lambda name: self._belongs("group", name),
            "-perm": self._perm,
            "-links": self._links,
            "-path": lambda pattern: lambda path: fnmatchcase(self.named(path), pattern),
        }
        if word not in tests or not words:
            raise UnmodelledError(f"the expression {word}")
        return tests[word](words.pop(0))

    def _letter(self, path: Path) -> str:
        return _LETTERS.get(self.host.ledger.facts(path).kind, "o")

    def _belongs(self, which: str, name: str) -> Test:
        known = self.host.accounts
        found = known.find(name) if which == "user" else known.find_group(name)
        if found is None and not name.isdecimal():
            raise UnmodelledError(f"an account that is not there: {name}")
        number = int(name) if found is None else found.uid if which == "user" else found.gid
        return lambda path: getattr(self.host.ledger.facts(path), "uid" if which == "user" else "gid") == number

    def _perm(self, text: str) -> Test:
        if not text.startswith("-"):
            raise UnmodelledError(f"-perm {text}")
        bits = int(text[1:], 8)
        return lambda path: self.host.ledger.facts(path).access.mode & bits == bits

    def _links(self, text: str) -> Test:
        if not text.startswith("+"):
            raise UnmodelledError(f"-links {text}")
        return lambda path: self.host.ledger.facts(path).real.st_nlink > int(text)

    def _printed(self, form: str, path: Path) -> str:
        for escape, character in _ESCAPES.items():
            form = form.replace(escape, character)
        facts = self.host.ledger.facts(path)
        real, name = facts.real, self.named(path)
        fields = {
            "D": real.st_dev, "U": facts.uid, "G": facts.gid, "m": f"{facts.access.mode:o}", "n": real.st_nlink,
            "i": real.st_ino, "y": self._letter(path), "p": name,
        }  # fmt: skip
        for letter, value in fields.items():
            form = form.replace(f"%{letter}", str(value))
        if "%" in form.replace(name, ""):
            raise UnmodelledError("a field of -printf")
        return form


async def find(call: Call, host: PracticeHost) -> Reply:
    """``find PATH EXPRESSION``, on one file system."""
    top, *rest = call.words
    words, walk = list(rest), Walk(call, host, top)
    test = walk.expression(words)
    if words:
        raise UnmodelledError(f"the expression {words[0]}")
    path = call.path(top)
    try:
        path.lstat()
    except OSError as problem:
        return complaint(call, f"‘{top}’: {problem.strerror}")
    for one in _reached(path, deep=walk.deep):
        if test(one) and not walk.acts:
            walk.out.append(f"{walk.named(one)}\n")
    ran = [await _run(call, [*command, *paths]) for command, paths in walk.commands if paths]
    out, errors = "".join([*walk.out, *(reply.out for reply in ran)]), "".join(reply.err for reply in ran)
    return Reply(1 if any(reply.status for reply in ran) else 0, out, errors)


def _reached(top: Path, *, deep: bool) -> Iterator[Path]:
    yield top
    if deep and top.is_dir() and not top.is_symlink():
        yield from sorted(top.rglob("*"))


async def _run(call: Call, words: Sequence[str]) -> Reply:
    """A command of the practice host, as the caller would run it."""
    environment = {"PATH": call.search, "WIZARD_DRILL_UID": str(call.uid), "LC_ALL": "C"}
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/env", *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=call.directory, env=environment,
    )  # fmt: skip
    out, err = await process.communicate()
    return Reply(process.returncode or 0, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "replace"))
