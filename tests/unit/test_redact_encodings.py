"""Secrets are found in what real tools make of them."""

from __future__ import annotations

import html
import json
import subprocess
from base64 import b64encode
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.redact import MARKER, Redactor

PASSWORD = "pa'ss <w\\örd>?&/~1\"$x-y"
LONG = "correct-horse-battery-staple-and-more-42"
PLAIN = "Str0ng_enough"

WRITTEN = {
    "json of go": r"""{"p":"pa'ss \u003cw\\örd\u003e?\u0026/~1\"$x-y"}""",
    "json of php": r"""{"p":"pa'ss <w\\\u00f6rd>?&\/~1\"$x-y"}""",
    "json of php, hexed": r"""{"p":"pa\u0027ss \u003Cw\\\u00f6rd\u003E?\u0026\/~1\"$x-y"}""",
    "json in json": json.dumps({"a": json.dumps({"p": PASSWORD})}),
    "json of go in json": r"""{"a":"{\"p\":\"pa'ss \\u003cw\\\\örd\\u003e?\\u0026/~1\\\"$x-y\"}"}""",
    "html of python": html.escape(PASSWORD),
    "html text": html.escape(PASSWORD, quote=False),
    "html of go": "pa&#39;ss &lt;w\\örd&gt;?&amp;/~1&#34;$x-y",
    "html of php": "pa&#039;ss &lt;w\\örd&gt;?&amp;/~1&quot;$x-y",
    "xml": "pa&apos;ss &lt;w\\örd&gt;?&amp;/~1&quot;$x-y",
    "xml in ascii": "pa'ss &lt;w\\&#246;rd&gt;?&amp;/~1\"$x-y",
    "yaml, sql": "'pa''ss <w\\örd>?&/~1\"$x-y'",
    "csv": '"pa\'ss <w\\örd>?&/~1""$x-y"',
    "printf %q": r"""pa\'ss\ \<w\\örd\>\?\&/~1\"\$x-y""",
    "double quotes": r'''"pa'ss <w\\örd>?&/~1\"\$x-y"''',
    "systemd-escape": r"""pa\x27ss\x20\x3cw\x5c\xc3\xb6rd\x3e\x3f\x26-\x7e1\x22\x24x\x2dy""",
    "git": r'''"pa'ss <w\\\303\266rd>?&/~1\"$x-y"''',
    "python": repr(PASSWORD),
    "python, ascii": ascii(PASSWORD),
    "python's bytes": repr(PASSWORD.encode()),
    "python in a longer text": repr(f"'\"{PASSWORD}"),
    "xxd -i": ", ".join(f"0x{byte:02x}" for byte in PASSWORD.encode()),
    "colons": PASSWORD.encode().hex(":"),
    "colons, upper": PASSWORD.encode().hex(":").upper(),
    "od without addresses": PASSWORD.encode().hex(" "),
    "x escapes": "".join(f"\\x{byte:02x}" for byte in PASSWORD.encode()),
    "octal escapes": "".join(f"\\{byte:03o}" for byte in PASSWORD.encode()),
    "od -An -b": " ".join(f"{byte:03o}" for byte in PASSWORD.encode()),
    "basic auth": b64encode(f"admin:{PASSWORD}".encode()).decode(),
    "basic auth, long user": b64encode(f"administrator:{PASSWORD}".encode()).decode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_found_in_what_tools_make_of_it(written: str) -> None:
    redactor = Redactor([PASSWORD, LONG])
    masked = redactor.mask(f"before {written} after")
    assert MARKER.decode() in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    own = written.strip("'\"").rstrip("A=")
    assert own not in masked
    assert sum(own[at : at + 8] in masked for at in range(len(own) - 7)) <= len("administrator:") * 4 // 3


def tool(command: str, value: str, shell: str = "bash") -> bytes:
    return subprocess.run([shell, "-c", command, shell, value], capture_output=True, check=True).stdout


REAL = ["printf %q", "printf '%s' | od -An -tx1", "printf '%s' | od -tx1", "printf '%s' | od -An -to1 -w64"]


@pytest.mark.parametrize("command", REAL)
@pytest.mark.parametrize("secret", [PASSWORD, LONG, PLAIN])
def test_a_secret_is_found_in_what_is_printed_here(command: str, secret: str) -> None:
    first, *rest = command.split(" | ")
    printed = tool(" | ".join([f'{first} "$1"', *rest]), secret)
    redactor = Redactor([secret])
    assert redactor.contains(printed)
    masked = redactor.mask_bytes(printed)
    assert not redactor.contains(masked)
    assert secret.encode().hex(" ")[:17] not in masked.decode("utf-8", "replace")


def xxd(data: bytes, *, width: int = 16, upper: bool = False) -> bytes:
    rows = []
    for at in range(0, len(data), width):
        row = data[at : at + width]
        pairs = " ".join(row[start : start + 2].hex() for start in range(0, len(row), 2))
        seen = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        shown = pairs.upper() if upper else pairs
        rows.append(f"{at:08x}: {shown.ljust(width * 5 // 2)} {seen}\n")
    return "".join(rows).encode()


def hexdump(data: bytes) -> bytes:
    rows = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        halves = f"{row[:8].hex(' ').ljust(23)}  {row[8:].hex(' ').ljust(23)}"
        seen = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        rows.append(f"{at:08x}  {halves}  |{seen}|\n")
    return "".join([*rows, f"{len(data):08x}\n"]).encode()


def od(data: bytes) -> bytes:
    rows = [f"{at:07o} {data[at : at + 16].hex(' ')}\n" for at in range(0, len(data), 16)]
    return "".join([*rows, f"{len(data):07o}\n"]).encode()


DUMPS: dict[str, Callable[[bytes], bytes]] = {
    "xxd": xxd,
    "hexdump -C": hexdump,
    "od -t x1": od,
    "xxd -u -c 32": lambda data: xxd(data, width=32, upper=True),
}


def streamed(redactor: Redactor, chunks: list[bytes]) -> bytes:
    stream = redactor.stream()
    return b"".join([*map(stream.feed, chunks), stream.close()])


@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS)
@pytest.mark.parametrize("before", [0, 1, 7, 15, 16, 40])
def test_a_secret_is_found_in_a_dump_also_over_the_ends_of_rows(dump: Callable[[bytes], bytes], before: int) -> None:
    noise = bytes(range(40, 140))
    redactor = Redactor([LONG, "another-secret"])
    printed = b"$ dump\n" + dump(noise[:before] + LONG.encode() + noise) + b"$ next\n"

    masked = redactor.mask_bytes(printed)

    assert redactor.contains(printed)
    for part in ("correct", "horse", "batt", "stap", "more-4"):
        assert part.encode() not in masked
        assert part.encode().hex(" ") not in masked.decode().lower()
    assert masked.startswith(b"$ dump\n")
    assert masked.endswith(b"$ next\n")
    assert streamed(redactor, [printed[at : at + 1] for at in range(len(printed))]) == masked
    for cut in range(0, len(printed), 11):
        assert streamed(redactor, [printed[:cut], printed[cut:]]) == masked


@given(st.binary(max_size=80), st.integers(0, 400), st.sampled_from(list(DUMPS)))
def test_a_dump_without_a_secret_is_left_alone_however_it_is_cut(data: bytes, cut: int, kind: str) -> None:
    redactor = Redactor([LONG])
    printed = DUMPS[kind](data)
    assert redactor.mask_bytes(printed) == printed
    assert streamed(redactor, [printed[:cut], printed[cut:]]) == printed


LIKE_ROWS = st.lists(
    st.sampled_from([b"00000010: 636f 7272\n", b"00000010  63 6f", b"\r\n", b"deadbeef", b"63 6f", b" ", b"0000020 "]),
    max_size=12,
)


@given(LIKE_ROWS, st.lists(st.integers(0, 200), max_size=4))
def test_what_looks_like_a_row_is_masked_the_same_however_it_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    redactor = Redactor(["corrco", "corrcorr"])
    data = b"".join(parts)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in pairwise(places)]
    assert streamed(redactor, chunks) == redactor.mask_bytes(data)
