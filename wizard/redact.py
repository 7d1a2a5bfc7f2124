"""Masks known secret values in bytes and text, also when encoded, folded over lines or split across chunks.

A secret is looked for in every spelling it is likely to be printed in. Line breaks inside a spelling do not
count, so a value that ``base64`` or a terminal folded is found as well. What overlaps is masked as one piece,
and the result does not depend on how the data was cut into chunks.

Masking changes lengths: whoever needs offsets into the original counts the bytes that came in.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from wizard.hexdump import Dumps
from wizard.searching import Openings, Span, occurrences
from wizard.spellings import SHORTEST, dumped, is_weak, spellings, word_spellings

MARKER = "«masked»".encode()
"""What stands where a secret stood."""

_GRAM = 4
_SURE = 2 * _GRAM - 1
"""Bytes; in whatever place a needle of this length starts, one aligned gram lies within it."""

_STRIDE = 16 * 1024
"""Words that are looked up at once: less than a millisecond's work."""

_BREAK = re.compile(rb"[\r\n]")
_WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]")


def weak(secrets: Iterable[str]) -> list[int]:
    """Where in ``secrets`` the ones stand that are too short to be masked inside other words.

    An empty one is among them: it cannot be masked at all.
    """
    return [index for index, secret in enumerate(secrets) if is_weak(secret)]


class _Unfolded:
    """Data without its line breaks, and the way back to offsets in the data."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.plain = data.translate(None, b"\r\n")

    @cached_property
    def _bytes_before_breaks(self) -> list[int]:
        return [found.start() - index for index, found in enumerate(_BREAK.finditer(self._data))]

    def offset(self, index: int) -> int:
        """The offset in the data of the byte at ``index`` in ``plain``."""
        return index + bisect_right(self._bytes_before_breaks, index)

    def span(self, start: int, length: int) -> Span:
        """From the first to behind the last of ``length`` bytes, in offsets of the data."""
        return self.offset(start), self.offset(start + length - 1) + 1


class _Needles:
    """Strings looked for anywhere, across line breaks.

    Data is read as a row of 4-byte words; only needles one of whose words turns up are searched for, which
    makes clean data cheap however many needles there are.
    """

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._limits: dict[bytes, int] = {}
        for needle in needles:
            plain = needle.translate(None, b"\r\n")
            self._limits[plain] = max(3 * len(needle), self._limits.get(plain, 0))
        self._sorted = sorted(self._limits)
        self._longest = max(map(len, self._sorted), default=0)
        self._openings = Openings(self._sorted, bisect_right)
        self._widest = max(self._limits.values(), default=0)
        self._short = [needle for needle in self._sorted if len(needle) < _SURE]
        self._by_gram = self._grams()
        self._known_grams = frozenset(self._by_gram)

    def _grams(self) -> Mapping[int, list[bytes]]:
        found: dict[int, list[bytes]] = defaultdict(list)
        for needle in self._sorted:
            for start in range(_GRAM if len(needle) >= _SURE else 0):
                found[int.from_bytes(needle[start : start + _GRAM], sys.byteorder)].append(needle)
        return found

    def _likely(self, plain: bytes) -> set[bytes]:
        """The needles that may be in ``plain``, whole or begun; the short ones are not told apart."""
        words = memoryview(plain)[: len(plain) // _GRAM * _GRAM].cast("I")
        # In strides, as no other thread has its turn while a set is asked.
        strides = (words[start : start + _STRIDE] for start in range(0, len(words), _STRIDE))
        known = (gram for stride in strides for gram in self._known_grams.intersection(stride))
        return {needle for gram in known for needle in self._by_gram[gram]}

    def scan(self, data: bytes) -> tuple[list[Span], int]:
        """Every occurrence, and where the earliest one starts that more data could complete (else the end)."""
        if not self._sorted:
            return [], len(data)
        view = _Unfolded(data)
        likely = self._likely(view.plain)
        spans = [span for needle in (*likely, *self._short) for span in self._spans(needle, view)]
        start = self._openings.earliest(view.plain, self._longest if likely else _SURE)
        if start == len(view.plain):
            return spans, len(data)
        return spans, max(view.offset(start), len(data) - self._widest)

    def _spans(self, needle: bytes, view: _Unfolded) -> Iterator[Span]:
        for index in occurrences(needle, view.plain):
            start, end = view.span(index, len(needle))
            # Without a limit, one byte and endless line breaks would make a stream hold back everything.
            if end - start <= self._limits[needle]:
                yield start, end


class _Words:
    """Strings looked for only where no letter, digit or underscore touches them: spellings of short secrets."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._sorted = sorted(words)
        self._longest = max(map(len, self._sorted), default=0)
        self._openings = Openings(self._sorted, bisect_left)

    def scan(self, data: bytes) -> tuple[list[Span], int]:
        """Every occurrence, and where the earliest one starts that more data could complete or refute."""
        spans = [span for word in self._sorted for span in self._spans(word, data)]
        return spans, self._openings.earliest(data, self._longest + 1)

    def _spans(self, word: bytes, data: bytes) -> Iterator[Span]:
        for start in occurrences(word, data):
            end = start + len(word)
            if not (_joined(data, start) or _joined(data, end)):
                yield start, end


def _joined(data: bytes, cut: int) -> bool:
    """The bytes on both sides of ``cut`` belong to one word."""
    pair = data[max(0, cut - 1) : cut + 1]
    return 0 < cut < len(data) and all(_WORD.match(pair, at) for at in range(2))


class Redactor:
    """Masks the secrets it was given, in every likely spelling.

    The few bits of a base64 character shared with a neighbour stay. Empty secrets are passed over.

    Args:
        secrets: The values; see ``weak`` for those that are too short.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if secret.strip()}
        short = {secret for secret in known if is_weak(secret)}
        self._count = len(known)
        self._needles = _Needles({spelling for secret in known - short for spelling in spellings(secret)})
        self._dumps = Dumps({data for secret in known - short for data in dumped(secret)})
        self._words = _Words({spelling for secret in short for spelling in word_spellings(secret)})

    def __repr__(self) -> str:
        return f"<Redactor of {self._count} secrets>"

    @property
    def idle(self) -> bool:
        """It knows no secret, so it changes nothing."""
        return not self._count

    def scan(self, data: bytes, *, fresh: bool = True) -> tuple[list[Span], int]:
        """Where secrets stand in ``data``, as sorted (start, end), and the offset from which more data may matter.

        Args:
            data: What to look through.
            fresh: It begins where a line does.
        """
        needles, open_needle = self._needles.scan(data)
        words, open_word = self._words.scan(data)
        rows, open_row = self._dumps.scan(data, fresh=fresh)
        return sorted(needles + words + rows), min(open_needle, open_word, open_row)

    def mask_bytes(self, data: bytes) -> bytes:
        """The data with every secret replaced by ``MARKER``."""
        if self.idle:
            return data
        spans, _ = self.scan(data)
        return _cover(data, spans, 0, len(data))[0] if spans else data

    def mask(self, text: str) -> str:
        """The text with every secret replaced; lone surrogates beside a secret turn into escapes."""
        if self.idle:
            return text
        data = text.encode("utf-8", "surrogatepass")
        masked = self.mask_bytes(data)
        return text if masked is data else masked.decode("utf-8", "backslashreplace")

    def contains(self, data: bytes | str) -> bool:
        """A secret is in there; a marker is not taken for one, even where a secret is spelt like it."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        # Like the secret it replaced, a marker counts as part of the word it touches.
        spans, _ = self.scan(raw.replace(MARKER, b"\xff"))
        return bool(spans)

    def stream(self) -> MaskingStream:
        """A way to mask data that comes in chunks."""
        return MaskingStream(self)


def _cover(data: bytes, spans: Iterable[Span], done: int, end: int) -> tuple[bytes, int]:
    """The masked form of ``data[done:end]``, and how far the data is now spoken for: a mask may reach beyond ``end``.

    Args:
        data: What the spans are offsets into.
        spans: Sorted.
        done: Bytes at the start of the data that were given out before.
        end: Where to stop; a span that starts here or later is left for another time.
    """
    masked = bytearray()
    for start, stop in spans:
        if start >= end:
            break
        if start >= done:
            masked += data[done:start] + MARKER
        done = max(done, stop)
    masked += data[done:end]
    return bytes(masked), max(done, end)


class MaskingStream:
    """Masks chunk by chunk; keeps back only what could be the beginning of a secret."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._buffer = b""
        self._decided = 0
        self._done = 0
        self._fresh = True

    def feed(self, chunk: bytes) -> bytes:
        """What may be shown now, of this chunk and of those before."""
        if self._redactor.idle:
            return chunk
        self._buffer += chunk
        spans, begun = self._scan()
        masked, done = _cover(self._buffer, spans, self._done, begun)
        # One byte given out already stays, as a short secret must know what stands before it.
        kept = max(begun - 1, 0)
        self._fresh = self._fresh and kept == 0
        self._buffer, self._decided, self._done = self._buffer[kept:], begun - kept, done - kept
        return masked

    def close(self, *, cut: bool = False) -> bytes:
        """What was kept back.

        Args:
            cut: The data was cut off here, so three or more first characters of a secret are masked too.
        """
        spans, _ = self._scan()
        data, done = self._buffer, self._done
        self._buffer, self._decided, self._done = b"", 0, 0
        if cut and len(data) - done >= SHORTEST // 2:
            return MARKER
        return _cover(data, spans, done, len(data))[0]

    def _scan(self) -> tuple[list[Span], int]:
        """The spans not decided on before: what starts in the byte that stays may look like a word, but was none."""
        spans, begun = self._redactor.scan(self._buffer, fresh=self._fresh)
        return [span for span in spans if span[0] >= self._decided], begun
