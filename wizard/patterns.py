r"""The one door to regular expressions that an author wrote: bounded in time and size, beside the loop.

A pattern over text of a host can take longer than anybody lives, and Python's ``re`` cannot be stopped: it holds the
interpreter's lock, so that screen, signals and links stand still. What is not plainly cheap goes through the library
``regex``, which keeps ``re``'s syntax, stops at a time limit and lets go of the lock meanwhile. A pattern must be valid
for ``re`` as well; what ``regex`` alone reads otherwise (``x{e}``, ``[[:alpha:]]``) is escaped, so that it means what
it means there.
"""

from __future__ import annotations

import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypeVar

from wizard.errors import StepRefused
from wizard.frozen import frozen
from wizard.text import one_line

if TYPE_CHECKING:
    import regex

SECONDS = 2.0
"""Computing time that one look through a text may take, in seconds of this process."""

SECONDS_AT_ONCE = 0.25
"""The same where a person waits for the answer: a value that is typed in."""

LONGEST_PATTERN = 4096
"""Characters of a pattern."""

LONGEST_TEXT = 32 * 1024 * 1024
"""Characters of a text, or of lines together: more than a host's answers hold."""

KNOWN = 256
"""Patterns that are kept compiled."""

_CHEAP = 10_000_000
"""Characters of the pattern times those of the text up to which a pattern without choices is looked for at once."""

_STRAIGHT = re.compile(r"(?:\(\?[aims]+\))?(?:[^\\*+?{}\[\]|()]|\\[^0-9A-Za-z]|\\[AbBdDsSwWZ])*")
"""No repetition, no choice: each place of the text is looked at once for each character of the pattern."""

T = TypeVar("T")


class PatternTooDear(StepRefused):
    """A pattern could not be looked for within the bounds, so nothing is known."""


@frozen
class Found:
    """Where a pattern matched: from ``start`` to before ``end``; ``groups`` begins with the whole match."""

    start: int
    end: int
    groups: tuple[str | None, ...]


@frozen
class Matches:
    """The lines that matched; ``problem`` says why there may be more of them, and is empty where there are not."""

    lines: list[str]
    problem: str = ""


def flaw_of(pattern: str) -> str:
    """Why this is no regular expression that can be used; empty where it is one."""
    if len(pattern) > LONGEST_PATTERN:
        return f"it is {len(pattern):,} characters long, and at most {LONGEST_PATTERN:,} are taken"
    try:
        _compiled(pattern, multiline=True)
    except (re.error, RecursionError, OverflowError) as problem:
        return str(problem)
    return ""


def group_count(pattern: str) -> int:
    """Groups of a pattern that has no flaw."""
    return _compiled(pattern, multiline=True).groups


async def search(pattern: str, text: str, *, multiline: bool = False) -> Found | None:
    """The first match, looked for beside the loop where that may take long.

    Raises:
        PatternTooDear: It was not done within the bounds.
    """
    if _is_cheap(pattern, len(text)):
        return search_now(pattern, text, multiline=multiline)
    return await beside(lambda: search_now(pattern, text, multiline=multiline))


async def matching(pattern: str, lines: Sequence[str]) -> Matches:
    """The lines in which the pattern is found, looked for beside the loop where that may take long."""
    if _is_cheap(pattern, sum(map(len, lines))):
        return _matching(pattern, lines)
    return await beside(lambda: _matching(pattern, lines))


def search_now(pattern: str, text: str, *, multiline: bool = False) -> Found | None:
    """The first match, looked for in this thread.

    Raises:
        PatternTooDear: It was not done within the bounds.
    """
    with _Bounded(pattern, len(text)) as bounded:
        if _is_cheap(pattern, len(text)):
            return _found(_compiled(pattern, multiline=multiline).search(text))
        return _found(_engine(pattern, multiline=multiline).search(text, timeout=bounded.left(), concurrent=True))


def fits(pattern: str, text: str) -> bool:
    """The pattern matches all of a short text, such as a value that a person gives.

    Raises:
        PatternTooDear: It was not done within `SECONDS_AT_ONCE`.
    """
    with _Bounded(pattern, len(text), SECONDS_AT_ONCE) as bounded:
        if _is_cheap(pattern, len(text)):
            return _compiled(pattern, multiline=False).fullmatch(text) is not None
        found = _engine(pattern, multiline=False).fullmatch(text, timeout=bounded.left(), concurrent=True)
        return found is not None


def replaced(pattern: str, template: str, text: str) -> tuple[str, int]:
    r"""The text with each match replaced, ``^`` and ``$`` at each line, and how many there were; as ``re.subn``.

    Args:
        pattern: What is looked for.
        template: What stands there afterwards, with ``\1`` and ``\g<name>`` for groups.
        text: Where.

    Raises:
        PatternTooDear: It was not done within the bounds, or the outcome would be too long.
        ValueError: The template names a group that there is not.
    """
    with _Bounded(pattern, len(text)) as bounded:
        found = _engine(pattern, multiline=True).finditer(text, timeout=bounded.left(), concurrent=True)
        parts = list(_replacing(found, template, text, bounded))
    return "".join(parts), len(parts) // 2


def _replacing(found: Iterator[regex.Match[str]], template: str, text: str, bounded: _Bounded) -> Iterator[str]:
    """What stands between two matches and what comes in the place of one, in turn; the rest at last."""
    done = length = 0
    for match in found:
        try:
            expanded = match.expand(template)
        except (LookupError, _engine_error()) as problem:
            raise ValueError(f"`with` cannot be filled in: {problem}") from None
        yield text[done : match.start()]
        yield expanded
        length, done = length + len(expanded), match.end()
        if length > LONGEST_TEXT:
            raise bounded.error("would make the text too long")
    yield text[done:]


def _matching(pattern: str, lines: Sequence[str]) -> Matches:
    length, found = sum(map(len, lines)), list[str]()
    try:
        with _Bounded(pattern, length) as bounded:
            if _is_cheap(pattern, length):
                plain = _compiled(pattern, multiline=False)
                found += [line for line in lines if plain.search(line)]
            else:
                engine = _engine(pattern, multiline=False)
                for line in lines:
                    if engine.search(line, timeout=bounded.left(), concurrent=True):
                        found.append(line)
    except PatternTooDear as problem:
        return Matches(found, problem.what)
    return Matches(found)


class _Bounded:
    """Turns whatever bound is met into one error that says which."""

    def __init__(self, pattern: str, length: int, seconds: float = SECONDS) -> None:
        self._pattern = pattern
        self._length = length
        self._seconds = seconds
        # The engine counts computing time too: a busy machine is no fault of the pattern.
        self._until = time.process_time() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: None are.
        """
        left = self._until - time.process_time()
        if left <= 0:
            raise TimeoutError
        return left

    def error(self, what: str) -> PatternTooDear:
        """The error that says what the pattern does."""
        mend = "Make it simpler: nothing repeated within a repetition, no .* at its beginning"
        return PatternTooDear(f"the pattern {one_line(self._pattern, 80)} {what}", mend=mend)

    def __enter__(self) -> Self:
        if self._length > LONGEST_TEXT:
            raise self.error(f"is not looked for in more than {LONGEST_TEXT:,} characters")
        if flaw := flaw_of(self._pattern):
            raise self.error(f"is no regular expression: {flaw}")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or issubclass(kind, PatternTooDear):
            return
        if issubclass(kind, TimeoutError):
            took = f"took more than {self._seconds:g} s of computing over {self._length:,} characters"
            raise self.error(f"{took}, so nothing is known") from None
        if issubclass(kind, MemoryError):
            raise self.error(f"took too much memory over {self._length:,} characters, so nothing is known") from None
        if issubclass(kind, (RecursionError, OverflowError, _engine_error())):
            raise self.error("cannot be looked for within a bound") from None


async def beside(work: Callable[[], T]) -> T:
    """What ``work`` returns, done in a thread while the loop goes on; nobody waits for it where the wait is cancelled.

    The thread is a daemon and not one of a pool, as the end of a run must not wait for it either.
    """
    import asyncio  # noqa: PLC0415 - lint has no loop, and loads none

    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: None if done.done() else settle())

    def run() -> None:
        try:
            result = work()
        except Exception as problem:  # noqa: BLE001 - it is raised where it is waited for
            failure = problem
            tell(lambda: done.set_exception(failure))
        else:
            tell(lambda: done.set_result(result))

    threading.Thread(target=run, name="pattern", daemon=True).start()
    return await done


def _is_cheap(pattern: str, length: int) -> bool:
    return len(pattern) * length <= _CHEAP and _STRAIGHT.fullmatch(pattern) is not None


def _found(match: re.Match[str] | regex.Match[str] | None) -> Found | None:
    if match is None:
        return None
    return Found(match.start(), match.end(), (match.group(), *match.groups()))


@lru_cache(KNOWN)
def _compiled(pattern: str, *, multiline: bool) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # Of a set within a set, which a later Python may read otherwise: nothing for whoever runs the checklist.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern, re.MULTILINE if multiline else 0)


@lru_cache(KNOWN)
def _engine(pattern: str, *, multiline: bool) -> regex.Pattern[str]:
    import regex  # noqa: PLC0415 - loaded where a pattern needs it

    flags = regex.VERSION0 | (regex.MULTILINE if multiline else 0)
    return regex.compile(_translated(pattern), flags, cache_pattern=False)


def _engine_error() -> type[Exception]:
    import regex  # noqa: PLC0415 - loaded where a pattern needs it

    return regex.error


def _translated(pattern: str) -> str:
    """The same pattern with what only the engine would read otherwise escaped."""
    verbose = bool(_compiled(pattern, multiline=False).flags & re.VERBOSE)
    return "".join(_tokens(pattern, verbose=verbose))


def _tokens(pattern: str, *, verbose: bool) -> Iterator[str]:
    at = 0
    while at < len(pattern):
        part = _token(pattern, at, verbose=verbose)
        at += len(part)
        yield _class(part) if part[0] == "[" else "\\{" if part == "{" else part


_TOKENS = re.compile(r"\\N\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|\{(?:\d+(?:,\d*)?|,\d*)\}|.", re.DOTALL)


def _token(pattern: str, at: int, *, verbose: bool) -> str:
    if verbose and pattern[at] == "#":
        return pattern[at:].partition("\n")[0] or "#"
    found = _TOKENS.match(pattern, at)
    return found[0] if found else pattern[at]


def _class(token: str) -> str:
    """A class of characters, in which ``[`` is a character and nothing else."""
    return "[" + re.sub(r"\\.|\[", lambda found: found[0] if len(found[0]) > 1 else "\\[", token[1:], flags=re.DOTALL)
