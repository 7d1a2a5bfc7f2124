from __future__ import annotations

import subprocess

from hypothesis import given
from hypothesis import strategies as st

from wizard.facts.names import UNESCAPE, escaped, unescaped

NAMES = st.binary(min_size=1, max_size=40).map(lambda name: name.replace(b"\0", b"\n").replace(b"/", b"-"))


@given(NAMES)
def test_any_file_name_survives_being_text(name: bytes) -> None:
    assert unescaped(escaped(name)) == name


@given(NAMES)
def test_the_text_is_one_printable_line_without_blanks_at_its_ends(name: bytes) -> None:
    text = escaped(name)

    assert text.isprintable()
    assert text == text.strip()


def test_a_plain_name_stays_readable() -> None:
    assert escaped("/var/lib/größe of it.rdb".encode()) == "/var/lib/größe of it.rdb"


def test_sh_reads_it_back() -> None:
    name = b"-a\n\\b \xff'\"$(id) \n"
    script = f"read -r path <<'END'\n{escaped(name)}\nEND\n{UNESCAPE}\nprintf %s \"$path\""

    assert subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout == name
