"""Hostile text shown in a real terminal: what reaches the terminal is taken apart, and all of it is ours."""

from __future__ import annotations

import json
import os
import re
import select
import sys
import time
from collections import Counter
from pathlib import Path

from tests.integration.commandline import ROOT
from tests.support.terminal import Terminal
from tests.support.vt import Token, shape, tokens
from wizard.text import hidden

LONGEST = 100.0
"""Seconds in which it must be over; nothing is measured by it."""

OURS = re.compile(
    r"control [\r\n]"
    r"|csi [mH]"
    r"|csi \?(1000|1002|1003|1004|1006|1015|1049|2004|2026|2048|25|7)[hl]"
    r"|csi \?(2026|2048)\$p|csi >\d*u|csi <u"
    r"|osc 22;\w+"  # the pointer's shape
    r"|osc [02];(wizard[ -~]*)?|csi 2[23];0t"  # the title, of our own words; the one before is kept and given back
)
"""What Textual and the wizard send by themselves."""

NUMBER = re.compile(r"([oveyhf])([0-9a-f]+)\.")
"""How each text begins: for which place it is, and its number."""


def output_of(tmp_path: Path, count: int, seed: int, longest: float) -> tuple[bytes, dict[str, object]]:
    """All that reaches a terminal in which so many texts are shown, and what the program saw itself."""
    report = tmp_path / "report.json"
    words = [sys.executable, "-m", "tests.screens.hostile", str(count), str(seed), report]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    environment |= {"WIZARD_STATE_DIR": str(tmp_path / "state"), "COLORTERM": "truecolor"}
    sent = bytearray()
    with Terminal(words, environment, (200, 100)) as terminal:
        deadline = time.monotonic() + longest
        while terminal.process.poll() is None:
            assert time.monotonic() < deadline, "it does not come to its end"
            if select.select([terminal.master], [], [], 0.05)[0]:
                sent += os.read(terminal.master, 1 << 20)
        terminal.read()
    assert terminal.process.returncode == 0, terminal.seen[-2000:]
    return bytes(sent) + terminal.seen, json.loads(report.read_text())


def is_foreign(token: Token) -> bool:
    """It is nothing that we send."""
    if token.kind == "text":
        return hidden(token.data.decode("utf-8")) is not None
    return OURS.fullmatch(shape(token)) is None


def count_painted(tmp_path: Path, count: int, seed: int, longest: float = LONGEST) -> Counter[str]:
    """Show so many, see that nothing came of it, and count those that were really painted, by their places."""
    sent, report = output_of(tmp_path, count, seed, longest)
    assert report["crashed"] == ""
    assert report["actions"] == []
    assert report["armed"] == []
    pieces = list(tokens(sent))
    assert Counter(shape(token) for token in pieces if is_foreign(token)) == {}
    text = "\n".join(token.data.decode() for token in pieces if token.kind == "text")
    assert "[@click=app.boom]" in text
    return Counter(place for place, _ in set(NUMBER.findall(text)))
