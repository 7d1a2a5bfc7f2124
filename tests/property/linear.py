"""Every function that may read text of a host, found rather than listed, and calls of it with text of any shape."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import itertools
import pkgutil
import time
import typing
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import ModuleType
from typing import Any

import wizard.checks
import wizard.facts
import wizard.hosts
from screens import logblocks, logbuffer, search, series, words
from screens.logbuffer import LogBuffer
from screens.search import Needle
from screens.widgets import logpaint
from wizard import backlog, colours, console, hexdump, jsontext, lines, output, redact, text
from wizard.checklist.redis_target import RedisTarget
from wizard.facts.ansible_script import Project
from wizard.facts.units import Unit
from wizard.hexdump import Dumps
from wizard.hosts.base import Answer
from wizard.hosts.fake import FakeHost
from wizard.hosts.frames import Frame, FrameParser
from wizard.hosts.sshlib import _cached
from wizard.hosts.world import Mark
from wizard.lines import Lines
from wizard.redact import Redactor
from wizard.report import blocks, escape, markdown, times
from wizard.run.recorder import Output

PACKAGES = (wizard.facts, wizard.hosts, wizard.checks)
MODULES = (
    backlog, colours, console, hexdump, jsontext, lines, output, redact, text, logblocks, logbuffer, logpaint, search,
    series, words, blocks, escape, markdown, times,
)  # fmt: skip

SHAPES = [
    "\r", "\n", "\r\n", " ", "\t", "\0", "a", "é", "\\", "\\x41", "\\012", "\\0040", '"', "'", "=", ":", "[", "{", "(",
    "]", "1", "1.", "-", ",", ";", "%41", "\x1b", "\x1b[31m", "e\u0301", "\u202e", "\ud800", "`", "*", "_", "|", "/a",
    "#", "a=b\n", "a: b\n", "- a\n", "- ", "a ", '1) "a"\n', "      a\tTAGS: [b, c]\n", "      a\n", '{"a":1}\n',
    '("a",pid=1', "s=1;i=2;", "user::rwx\n", "# file: a\n", "LISTEN 0 1 127.0.0.1:1 0.0.0.0:*\n", "a,", "http://a.b ",
    "\036n A 1 0\n", "save 1 2 ", "1 Jan 2026 00:00:00.0 ", "«masked»", "secret", "s3cr", "c2VjcmV0\n",
]  # fmt: skip
"""What is repeated; each is also tried with another end, so that what a search waits for does not come."""

ENDS = ("", "!")


@dataclass(frozen=True)
class Reader:
    """A function and how it is called with a text; what it returns may have to be awaited."""

    name: str
    call: Callable[[str], object]


class AnswersAlike(FakeHost):
    """A host that answers every question with the same."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    async def ask(self, script: str, *, limit: float = 60.0, stdin: bytes = b"") -> Answer:  # noqa: ARG002 - a Host's
        return self._answer


def raw(given: str) -> bytes:
    return given.encode("utf-8", "surrogatepass")


MADE: dict[Any, Callable[[str], object]] = {
    str: lambda given: given,
    bytes: raw,
    str | bytes: raw,
    Answer: lambda given: Answer(0, raw(given)),
    Frame: lambda given: Frame("A", 1, ("0",), raw(given)),
    wizard.hosts.base.Host: lambda given: AnswersAlike(Answer(0, raw(given))),
    Mark: lambda given: Mark(1.0, given),
    bool: lambda _: True,
    int: lambda _: 8,
    float: lambda _: 1.0,
    tzinfo: lambda _: UTC,
    str | None: lambda given: given,
    int | None: lambda _: 8,
    float | None: lambda _: 1.0,
    dict[str, Any]: lambda given: {"ansible_host": given, "ansible_port": 22, "ansible_user": given},
    Mapping[str, str]: lambda given: defaultdict(lambda: given),
    Collection[str]: lambda _: frozenset({"a"}),
    Unit: lambda given: Unit("a.service", defaultdict(lambda: given)),
    Project: lambda _: Project("/", "play.yml"),
    RedisTarget: lambda _: RedisTarget(),
    **dict.fromkeys(
        [Sequence[str], Iterable[str], list[str], Iterator[str], tuple[str, ...]],
        lambda given: given.splitlines() or [given],
    ),
    **dict.fromkeys([Iterable[bytes], Sequence[bytes], Iterator[bytes]], lambda given: raw(given).split(b"\n")),
}
"""A value of each type, made from the text."""

TEXTS = {
    str,
    bytes,
    str | bytes,
    Answer,
    Frame,
    wizard.hosts.base.Host,
    Sequence[str],
    Iterable[str],
    list[str],
    Iterator[str],
}


def modules() -> Iterator[ModuleType]:
    """Where text of hosts is read."""
    yield from MODULES
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.ispkg:
                yield importlib.import_module(found.name)


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters that must be given, and their types."""
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError):
        hints = {}
    known = inspect.signature(function).parameters.items()
    needed = {
        name: one
        for name, one in known
        if one.default is one.empty and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    }
    return {name: hints.get(name, one.annotation) for name, one in needed.items()}


def functions() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Every function of these modules that takes a text, an answer or a host, by its name."""
    for module in modules():
        for name, found in vars(module).items():
            function = inspect.unwrap(found) if callable(found) else found
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            wanted = parameters(function)
            if TEXTS & {kind for kind in wanted.values() if _is_hashable(kind)}:
                yield f"{module.__name__}.{name}", function, wanted


def methods() -> Iterator[str]:
    """The public methods of these modules' classes that are fed bytes as they come, by their names."""
    for module in modules():
        for _, owner in inspect.getmembers(module, inspect.isclass):
            for name, method in vars(owner).items() if _is_ours(owner, module) else ():
                if inspect.isfunction(method) and name in FEEDS and bytes in parameters(method).values():
                    yield f"{module.__name__}.{owner.__name__}.{name}"


def _is_ours(owner: type, module: ModuleType) -> bool:
    return owner.__module__ == module.__name__ and not owner.__name__.startswith("_")


FEEDS = {"feed", "scan", "mask_bytes", "lines"}
"""What such methods are called."""


def _is_hashable(kind: object) -> bool:
    try:
        hash(kind)
    except TypeError:
        return False
    return True


def readers() -> dict[str, Reader]:
    """Those of them that can be called with a text and nothing else, and the methods below."""
    found = {
        name: Reader(name, _calling(function, wanted)) for name, function, wanted in functions() if is_makeable(wanted)
    }
    return {**found, **{name: Reader(name, call) for name, call in METHODS.items()}}


def is_makeable(wanted: dict[str, Any]) -> bool:
    """A value of each of its parameters can be made from a text."""
    return all(_is_hashable(kind) and kind in MADE for kind in wanted.values())


def _calling(function: Callable[..., Any], wanted: dict[str, Any]) -> Callable[[str], object]:
    signature = inspect.signature(function).parameters

    def call(given: str) -> object:
        values = {name: MADE[kind](given) for name, kind in wanted.items()}
        positional = [values[name] for name in wanted if signature[name].kind is not signature[name].KEYWORD_ONLY]
        named = {name: value for name, value in values.items() if signature[name].kind is signature[name].KEYWORD_ONLY}
        result = function(*positional, **named)
        return list(result) if inspect.isgenerator(result) else result

    return call


def _in_pieces(feed: Callable[[bytes], object], given: str, size: int = 1000) -> None:
    data = raw(given)
    for start in range(0, len(data), size):
        fed = feed(data[start : start + size])
        if inspect.isgenerator(fed):
            list(fed)


def _log(given: str) -> None:
    log = LogBuffer()
    _in_pieces(log.feed, given)
    for number in range(0, log.total, max(1, log.total // 50)):
        if line := log.line(number):
            logpaint.shown(line)


def _narrated(given: str) -> None:
    held = backlog.Backlog(limit=10_000)
    _in_pieces(lambda data: held(Output("s", "web", data)), given, 100)
    told = Lines()
    held.drain(lambda message: list(told.feed(message.data)) if isinstance(message, Output) else None, 0)


SECRETS = ["secret", "s3cr", "a=b", "1234567", "a\nb\nc\nd", "aaaaaaaaaa"]
NEEDLE = Needle("aB\u0301")

METHODS: dict[str, Callable[[str], object]] = {
    # Its name is a word of a library's, and what takes long is to make a pattern of it.
    "wizard.hosts.sshlib._cached": lambda given: _cached(raw(given), "crypto"),
    "wizard.lines.Lines.feed": lambda given: _in_pieces(Lines().feed, given),
    "wizard.lines.Lines.feed, at once": lambda given: list(Lines().feed(raw(given))),
    "wizard.hosts.frames.FrameParser.feed": lambda given: _in_pieces(FrameParser("n").feed, given),
    "wizard.hosts.frames.FrameParser.feed, at once": lambda given: list(FrameParser("n").feed(raw(given))),
    "wizard.hexdump.Dumps.scan": lambda given: Dumps(map(raw, SECRETS)).scan(raw(given), fresh=True),
    "wizard.redact.Redactor.scan": lambda given: Redactor(SECRETS).scan(raw(given)),
    "wizard.redact.Redactor.mask_bytes": lambda given: Redactor(SECRETS).mask_bytes(raw(given)),
    "wizard.redact.Redactor.mask": lambda given: Redactor(SECRETS).mask(given),
    "wizard.redact.MaskingStream.feed": lambda given: _in_pieces(Redactor(SECRETS).stream().feed, given),
    "wizard.backlog.Backlog": _narrated,
    "screens.logbuffer.LogBuffer.feed": _log,
    "screens.search.Needle.lines": lambda given: list(NEEDLE.lines(raw(given))),
    "screens.search.Needle.spans": lambda given: list(NEEDLE.spans(given)),
}
"""Methods, and a function that takes a word of ours too, and how they are called."""

SMALL, LARGE = 4_000, 16_000
"""Characters of two texts of one shape."""

SHORT = 0.004
"""Seconds of computing in which a large text may take whatever shape of time it likes."""

STEEPEST = 10.0
"""Times as long that four times as much may take: 4 where time is linear, 16 where it is quadratic."""

PLAIN = 6.0
"""Times as long up to which one look is enough: a quadratic time looks so only where each short call took thrice."""

LONGEST = 3.0
"""Seconds of computing after which nothing longer is tried."""

TRIES = 3


def steep(reader: Reader) -> dict[tuple[str, str], str]:
    """Every shape and end of a text with which its time grows too fast, and how it grows."""
    # One loop for all of them: to make one takes longer than most calls.
    with asyncio.Runner() as runner:
        told = {(shape, end): too_steep(reader, runner, shape, end) for shape in SHAPES for end in ENDS}
    return {what: how for what, how in told.items() if how}


def seconds(reader: Reader, runner: asyncio.Runner, given: str) -> float:
    """Computing time of one call; what is no text of its kind may be refused."""
    began = time.thread_time()
    with suppress(Exception):
        result = reader.call(given)
        if inspect.iscoroutine(result):
            runner.run(result)
    return time.thread_time() - began


def shaped(shape: str, end: str, size: int) -> str:
    """A text of so many characters."""
    return (shape * (size // len(shape) + 1))[: max(0, size - len(end))] + end


def too_steep(reader: Reader, runner: asyncio.Runner, shape: str, end: str = "") -> str:
    """How its time grows with the length, where that is faster than in proportion; empty where it is not."""
    calls = itertools.count()

    def took(size: int) -> float:
        # No text comes twice: a cache of answers or of patterns would tell the time of a look into it. What is added is
        # the whole shape, so that all of them end alike, and in proportion.
        added = len(shape) * next(calls) * (size // SMALL)
        return seconds(reader, runner, shaped(shape, end, size + added))

    if (first := took(SMALL // 4)) > LONGEST:
        return f"{first:.1f} s for {SMALL // 4} characters"
    if (four := took(LARGE)) < SHORT or four < PLAIN * min(took(SMALL), took(SMALL)):
        return ""
    # The least of several: what else the machine does only ever adds.
    for _ in range(TRIES):
        one, four = (min(times) for times in zip(*((took(SMALL), took(LARGE)) for _ in range(3)), strict=True))
        if four < max(SHORT, STEEPEST * one):
            return ""
    return f"{one:.4f} s for {SMALL} characters, {four:.4f} s for {LARGE}"
