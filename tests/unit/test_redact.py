"""Known secret values never come out again, whatever they were wrapped in."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from wizard.redact import MARKER, Redactor, weak

PASSWORD = "pa'ss wörd?>&/~1"
KEY = "-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAABG5vbmUAAAAEbm9u\nshort\n-----END KEY-----\n"


def shell(script: str, value: str) -> bytes:
    """What a real shell prints for a script that gets the value as its first argument."""
    return subprocess.run(["sh", "-c", script, "sh", value], capture_output=True, check=True).stdout


def traced(value: str) -> bytes:
    """What ``set -x`` of a real shell prints."""
    return subprocess.run(["sh", "-xc", ': "$1"', "sh", value], capture_output=True, check=True).stderr


@pytest.mark.parametrize(
    "written",
    [
        PASSWORD,
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        re.sub("%..", lambda code: code[0].lower(), quote(PASSWORD)),
        quote_plus(PASSWORD),
        shlex.quote(PASSWORD),
        shlex.quote(f"--pin={PASSWORD}"),
        json.dumps({"pin": PASSWORD}),
        json.dumps({"pin": PASSWORD}, ensure_ascii=False),
        PASSWORD.encode().hex(),
        PASSWORD.encode().hex().upper(),
    ],
)
def test_no_spelling_of_a_password_gets_through(written: str) -> None:
    redactor = Redactor([PASSWORD])
    masked = redactor.mask(f"before {written} after")
    assert MARKER.decode() in masked
    assert "rd" not in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_is_masked_at_every_alignment(encode: Callable[[bytes], bytes], before: int) -> None:
    secret = "~~?>>>tok??n~~~"
    coded = encode(b"x" * before + secret.encode() + b"tail of the file")
    masked = Redactor([secret]).mask_bytes(coded)
    assert masked.count(MARKER) == 1
    assert len(masked.replace(MARKER, b"")) <= len(coded) - len(secret) * 4 // 3 + 2


@pytest.mark.parametrize("before", range(60))
def test_base64_folded_by_the_real_tool_is_masked(before: int) -> None:
    printed = shell('printf %s "$1" | base64', "x" * before + "correct-horse-battery-staple" + "y" * 60)
    redactor = Redactor(["correct-horse-battery-staple"])
    assert redactor.contains(printed)
    assert not redactor.contains(redactor.mask_bytes(printed))


def test_a_traced_shell_shows_no_password() -> None:
    masked = Redactor([PASSWORD]).mask_bytes(traced(PASSWORD))
    assert MARKER in masked
    assert b"rd" not in masked


def test_each_line_of_a_key_is_masked_by_itself() -> None:
    redactor = Redactor([KEY])
    assert redactor.mask("| b3BlbnNzaC1rZXktdjEA |") == "| «masked» |"


@pytest.mark.parametrize("between", [" ", "\\n", "", "\r\n", "\n    "])
def test_a_key_is_masked_however_its_lines_are_joined(between: str) -> None:
    joined = between.join(KEY.splitlines())
    masked = Redactor([KEY]).mask(joined)
    assert "b3Blb" not in masked
    assert "bm9u" not in masked


def test_a_whole_key_folded_to_one_line_is_masked_as_one() -> None:
    redactor = Redactor([KEY])
    assert redactor.mask(" ".join(KEY.split())) == "«masked»"
    assert redactor.mask(json.dumps(KEY.strip())) == '"«masked»"'


def test_an_encoded_key_is_masked_without_its_final_newline_too() -> None:
    redactor = Redactor([KEY])
    assert redactor.contains(b64encode(KEY.strip().encode()))
    assert redactor.contains(b64encode(KEY.encode()))


def test_a_secret_folded_by_a_narrow_terminal_is_masked() -> None:
    assert Redactor(["hunter2-secret"]).mask("pw: hunter2-\r\nsecret\n") == "pw: «masked»\n"


def test_secrets_that_overlap_are_masked_as_one() -> None:
    redactor = Redactor(["abcdefgh", "efghijkl"])
    assert redactor.mask("<abcdefghijkl>") == "<«masked»>"


def test_a_secret_inside_a_longer_one_does_not_leave_the_rest() -> None:
    assert Redactor(["hunter", "hunter2-long"]).mask("hunter2-long hunter2") == "«masked» «masked»2"


def test_short_secrets_are_named_by_index_only() -> None:
    assert weak(["long-enough", "abc", "", "12345", "123456", "a\nb\nc\nd"]) == [1, 2, 3, 5]


def test_a_short_secret_is_masked_as_a_word_and_not_inside_others() -> None:
    redactor = Redactor(["abc"])
    assert redactor.mask("abc=abc; fabcf abcd é_abc ABC") == "«masked»=«masked»; fabcf abcd é_abc ABC"


def test_a_short_secret_is_masked_in_encodings_that_are_long_enough() -> None:
    redactor = Redactor(["ab12"])
    assert redactor.mask(f"{b64encode(b'ab12').decode()} {b'ab12'.hex()}") == "«masked» «masked»"


def test_a_short_secret_at_the_edge_of_a_line_is_a_word() -> None:
    assert Redactor(["pw"]).mask("x\npw\ny") == "x\n«masked»\ny"


def test_empty_secrets_mask_nothing() -> None:
    redactor = Redactor(["", "  ", "\n"])
    assert redactor.mask("a b\n\nc") == "a b\n\nc"
    assert not redactor.contains(b"anything")


def test_a_secret_that_was_not_utf8_is_masked_in_bytes_and_in_text() -> None:
    secret = b"\xff\xfe-binary-\x80".decode("utf-8", "surrogateescape")
    redactor = Redactor([secret])
    assert redactor.mask_bytes(b"<\xff\xfe-binary-\x80>") == b"<" + MARKER + b">"
    assert redactor.mask(f"<{secret}>") == "<«masked»>"


def test_text_with_a_lone_surrogate_is_left_alone() -> None:
    assert Redactor(["hunter2"]).mask("\ud800 \udcff") == "\ud800 \udcff"
    assert Redactor(["hunter2"]).mask("\ud800 hunter2").endswith(" «masked»")


def test_masked_text_is_clean_even_where_a_secret_is_spelt_like_the_marker() -> None:
    redactor = Redactor(["masked", "pw"])
    assert redactor.contains("it is masked")
    assert not redactor.contains(redactor.mask("it is masked, pw maskedpw"))


def test_no_repr_shows_a_secret() -> None:
    redactor = Redactor(["hunter2-secret", "abc"])
    stream = redactor.stream()
    stream.feed(b"hunter2-sec")
    assert "hunter2" not in repr(redactor) + repr(stream) + str(redactor) + repr(vars(redactor))
    assert "abc" not in repr(redactor)


def test_a_stream_keeps_back_nothing_that_cannot_become_a_secret() -> None:
    stream = Redactor(["hunter2-secret"]).stream()
    assert stream.feed(b"Restarting redis\n") == b"Restarting redis\n"


def test_a_stream_keeps_back_the_beginning_of_a_secret_until_it_is_decided() -> None:
    stream = Redactor(["hunter2-secret"]).stream()
    assert stream.feed(b"value hunter2-") == b"value "
    assert stream.feed(b"other\n") == b"hunter2-other\n"
    assert stream.feed(b"value hunter2-") == b"value "
    assert stream.feed(b"secret\n") == MARKER + b"\n"


def test_a_short_secret_waits_for_what_follows_it() -> None:
    stream = Redactor(["pw"]).stream()
    assert stream.feed(b"a pw") == b"a "
    assert stream.feed(b"d pw") == b"pwd "
    assert stream.close() == MARKER


def test_a_short_secret_knows_what_stood_before_it_in_an_earlier_chunk() -> None:
    stream = Redactor(["pw"]).stream()
    assert stream.feed(b"x") + stream.feed(b"pw") + stream.feed(b" ") == b"xpw "


def test_a_word_that_was_none_is_not_lost_in_a_later_chunk() -> None:
    redactor = Redactor(["ttn", "tn-long-secret"])
    stream = redactor.stream()
    breaks = [b"\n"] * 60
    assert b"".join([*map(stream.feed, [b"rt", b"tn", *breaks]), stream.close()]) == b"rttn" + b"\n" * 60


def test_an_unfinished_secret_comes_out_at_the_end_but_not_where_the_data_was_cut() -> None:
    redactor = Redactor(["hunter2-secret"])
    ended, cut = redactor.stream(), redactor.stream()
    for stream in (ended, cut):
        stream.feed(b"value hunter2-sec")
    assert ended.close() == b"hunter2-sec"
    assert cut.close(cut=True) == MARKER


def test_endless_line_breaks_do_not_make_a_stream_grow() -> None:
    stream = Redactor(["hunter2-secret"]).stream()
    given = len(stream.feed(b"h")) + sum(len(stream.feed(b"\n" * 1000)) for _ in range(100))
    assert given > 99_900
    assert stream.close().strip(b"\n") == b""


def test_what_endless_line_breaks_tear_apart_is_no_secret_in_one_piece_either() -> None:
    redactor = Redactor(["hunter2-secret"])
    torn = b"hunter2-" + b"\n" * 100 + b"secret"
    stream = redactor.stream()
    streamed = b"".join([*(stream.feed(torn[at : at + 1]) for at in range(len(torn))), stream.close()])
    assert redactor.mask_bytes(torn) == streamed == torn
