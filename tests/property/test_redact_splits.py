"""However data is cut into chunks, the same is masked; what holds no secret is never changed."""

from __future__ import annotations

import json
import shlex
from base64 import b64encode, encodebytes, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.redact import MARKER, Redactor

SECRETS = ["s3cr3t", "pa'ss wörd?>&/~1", "AKIA-42/token+value==", "-----BEGIN-----\nZm9vYmFyYmF6\nshort\r\nlast line\n"]
CLEAN = b"abghijkloq .:\n\r\t\x1b\x00\xff"
"""An alphabet in which none of the secrets, nor any encoding of them, can be written."""


def spellings(secret: str) -> list[bytes]:
    """What tools print; written down here without asking the code under test."""
    data = secret.encode()
    aligned = [b64encode(b"\0" * before + data + b"\0" * after) for before in range(3) for after in range(3)]
    return [
        data,
        *aligned,
        *[code.translate(bytes.maketrans(b"+/", b"-_")) for code in aligned],
        urlsafe_b64encode(data),
        data.hex().encode(),
        data.hex().upper().encode(),
        quote(data).encode(),
        quote(data, safe="").encode(),
        quote_plus(data).encode(),
        json.dumps(secret).encode(),
        json.dumps(secret, ensure_ascii=False).encode(),
        shlex.quote(secret).encode(),
        " ".join(secret.split()).encode(),
        *[line.encode() for line in secret.splitlines() if len(line) >= 6],
    ]


def folded(secret: str) -> bytes:
    """Base64 as it is mailed and pasted: the secret's part of it goes over a line's end."""
    return encodebytes(b"a line in front of it, to make it fold somewhere " + secret.encode())


ALONE = sorted({(secret, text) for secret in SECRETS for text in spellings(secret)})
ALL = [*ALONE, *((secret, folded(secret)) for secret in SECRETS)]


def streamed(redactor: Redactor, chunks: list[bytes]) -> bytes:
    stream = redactor.stream()
    return b"".join([*map(stream.feed, chunks), stream.close()])


@pytest.mark.parametrize(("secret", "written"), ALL)
def test_every_spelling_is_masked_at_every_split(secret: str, written: bytes) -> None:
    redactor = Redactor(SECRETS)
    data = b"log: " + written + b" :log\n"
    whole = redactor.mask_bytes(data)
    assert Redactor([secret]).contains(data)
    assert not redactor.contains(whole)
    for split in range(len(data) + 1):
        assert streamed(redactor, [data[:split], data[split:]]) == whole
    assert streamed(redactor, [data[at : at + 1] for at in range(len(data))]) == whole


@pytest.mark.parametrize(("secret", "written"), ALONE)
def test_no_six_characters_of_a_spelling_are_left(secret: str, written: bytes) -> None:
    masked = Redactor([secret]).mask_bytes(b"<" + written + b">")
    left = masked.replace(MARKER, b"\n")
    own = written.rstrip(b"A=")
    assert [own[at : at + 6] for at in range(len(own) - 5) if own[at : at + 6] in left] == []


@given(st.lists(st.lists(st.sampled_from(list(CLEAN)), max_size=40).map(bytes), max_size=8))
def test_clean_data_comes_out_unchanged(chunks: list[bytes]) -> None:
    data = b"".join(chunks)
    redactor = Redactor(SECRETS)
    assert redactor.mask_bytes(data) == data
    assert streamed(redactor, chunks) == data
    assert not redactor.contains(data)


WORDS = st.text(st.sampled_from("ab-\n é"), max_size=12)


@given(st.lists(WORDS, max_size=4), st.lists(WORDS.map(str.encode), max_size=10))
def test_chunks_never_change_what_is_masked(secrets: list[str], chunks: list[bytes]) -> None:
    redactor = Redactor(secrets)
    whole = redactor.mask_bytes(b"".join(chunks))
    assert streamed(redactor, chunks) == whole
    assert not redactor.contains(whole)


@given(st.lists(WORDS, max_size=4), WORDS)
def test_text_is_masked_like_its_bytes(secrets: list[str], text: str) -> None:
    redactor = Redactor(secrets)
    assert redactor.mask(text).encode() == redactor.mask_bytes(text.encode())
    assert (redactor.mask(text) != text) == redactor.contains(text)


@given(
    st.text(min_size=6).filter(lambda text: len("".join(text.split())) >= 6),
    st.binary(max_size=20),
    st.binary(max_size=20),
)
def test_any_long_secret_is_found_anywhere(secret: str, before: bytes, after: bytes) -> None:
    redactor = Redactor([secret])
    masked = redactor.mask_bytes(before + secret.encode() + after)
    assert MARKER in masked
    assert not redactor.contains(masked)
