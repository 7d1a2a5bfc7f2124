"""The terminal lent to a pager: it has it alone, its keys stop no run, and the interface is there again afterwards."""

from __future__ import annotations

import os
import signal

import pytest

from screens.elsewhere import EDITORS, PAGERS, named
from tests.screens.sandbox import Sandbox
from tests.support.terminal import ALTERNATE, BACK
from wizard.errors import UsageError

PAGER = """\
#!/bin/sh
stat -c 'MODE %a' "$2"
echo "OPTION $1 FILE $2"
cat "$2"
read -r line
echo "READ $line"
"""
LISTENING = """
import sys
from screens.modals import base
from screens.preflight import page

base.Modal.DEAF = page.DEAF = 0.0
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_pager_has_the_terminal_until_it_ends_and_the_run_is_as_it_was(sandbox: Sandbox) -> None:
    pager = sandbox.home / "my pager"
    pager.write_text(PAGER)
    pager.chmod(0o755)
    with sandbox.terminal(program=LISTENING, PAGER=f"'{pager}' -S", TMPDIR=str(sandbox.home)) as terminal:
        terminal.until(b"Begin the first step?")
        terminal.press("1\r")
        terminal.until(b"Approve this change")
        seen = len(terminal.seen)
        terminal.press("\x1b")
        terminal.until(lambda: b"Log" in terminal.seen[seen:], "the log behind the question")
        terminal.press("v")
        terminal.until(b"MODE 600")
        terminal.until(b"OPTION -S FILE ")
        assert BACK in terminal.seen
        os.kill(terminal.process.pid, signal.SIGINT)
        before = terminal.seen.count(ALTERNATE)
        terminal.press("go\n")
        terminal.until(b"READ go")
        terminal.until(lambda: terminal.seen.count(ALTERNATE) > before, "the interface again")
        assert list(sandbox.home.glob("wizard-*.log")) == []
        assert terminal.process.poll() is None
        terminal.process.terminate()
        assert terminal.end() == 143
    assert sandbox.kinds()[-1] == "run_paused"


@pytest.mark.parametrize(
    ("variables", "environment", "words"),
    [
        (PAGERS, {}, ["less"]),
        (PAGERS, {"PAGER": "less -R '+G x'"}, ["less", "-R", "+G x"]),
        (PAGERS, {"PAGER": "  "}, ["less"]),
        (EDITORS, {"EDITOR": "nano"}, ["nano"]),
        (EDITORS, {"VISUAL": "code --wait", "EDITOR": "nano"}, ["code", "--wait"]),
        (PAGERS, {"PAGER": "less; rm x"}, ["less;", "rm", "x"]),
    ],
)
def test_a_program_is_named_as_words_and_no_shell_reads_them(
    variables: tuple[str, ...], environment: dict[str, str], words: list[str]
) -> None:
    assert named(variables, "less" if variables == PAGERS else "vi", environment) == words


def test_what_are_no_words_is_said() -> None:
    with pytest.raises(UsageError, match="PAGER is not a command"):
        named(PAGERS, "less", {"PAGER": "less '"})
