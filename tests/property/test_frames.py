"""Frames come through whatever surrounds them and however they are cut up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.hosts.frames import MAX_HEADER, MAX_PAYLOAD, Frame, FrameError, FrameParser

NONCE = "0123456789abcdef0123456789abcdef"
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=12)
FRAMES = st.builds(
    Frame,
    kind=st.sampled_from("AHDESXP"),
    id=st.integers(0, 2**40),
    fields=st.lists(WORDS, max_size=6).map(tuple),
    payload=st.binary(max_size=300) | st.just(b"\036" + NONCE.encode() + b" A 1 0\n"),
)
# A banner may hold anything but the nonce, which is drawn after it was written.
NOISE = st.binary(max_size=60).filter(lambda noise: NONCE.encode() not in noise)


def spelt(frame: Frame) -> bytes:
    head = " ".join([frame.kind, str(frame.id), *frame.fields, str(len(frame.payload))])
    return b"\036" + NONCE.encode() + b" " + head.encode() + b"\n" + frame.payload


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.tuples(NOISE, FRAMES), max_size=6), st.lists(st.integers(0, 10_000), max_size=30))
def test_every_frame_comes_out_whole_and_in_order(sent: list[tuple[bytes, Frame]], places: list[int]) -> None:
    stream = b"".join(noise + spelt(frame) for noise, frame in sent)
    parser = FrameParser(NONCE)
    heard = [frame for piece in cut(stream, places) for frame in parser.feed(piece)]
    assert heard == [frame for _, frame in sent]


@given(st.lists(NOISE, max_size=50))
def test_noise_alone_is_never_a_frame_and_is_not_kept(pieces: list[bytes]) -> None:
    parser = FrameParser(NONCE)
    assert [frame for piece in pieces for frame in parser.feed(piece.replace(b"\036", b""))] == []
    assert len(parser._buffer) <= len(NONCE) + 2


@given(st.binary(max_size=40).filter(lambda junk: b"\n" not in junk))
def test_a_header_is_read_or_refused_never_guessed(junk: bytes) -> None:
    line = b"\036" + NONCE.encode() + b" " + junk + b"\n"
    try:
        frames = list(FrameParser(NONCE).feed(line))
    except FrameError:
        return
    assert all(spelt(frame) == line for frame in frames if not frame.payload and b" 00" not in line)


def test_a_payload_cannot_pass_for_a_frame() -> None:
    forged = spelt(Frame("A", 7, ("0",)))
    assert list(FrameParser(NONCE).feed(spelt(Frame("D", 1, ("0",), forged)))) == [Frame("D", 1, ("0",), forged)]


def test_a_frame_larger_than_any_of_ours_is_refused() -> None:
    line = f"\036{NONCE} D 1 0 {MAX_PAYLOAD + 1}\n"
    with pytest.raises(FrameError):
        list(FrameParser(NONCE).feed(line.encode()))


def test_a_header_without_an_end_is_refused() -> None:
    with pytest.raises(FrameError):
        list(FrameParser(NONCE).feed(f"\036{NONCE} ".encode() + b"x" * MAX_HEADER))
