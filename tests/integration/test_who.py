"""Who it was, on record: the account, whatever the environment of the wizard says."""

import os
import pwd
from pathlib import Path

from tests.integration.commandline import Wizard, checklist, phase, step

ME = pwd.getpwuid(os.getuid()).pw_name
LIES = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "cto.approves")


def test_no_variable_makes_up_who_ran_noted_and_took_over(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    handed = "one: {answer: hand over, to: sam, reason: look at it}\n"
    done = wizard.run(checklist(phase(step("one", "command: 'false', read_only: true"))), answers=handed, **LIES)
    assert done.exit_status == 4
    assert wizard("note", done.directory, "#decision I approve", **LIES).exit_status == 0
    wizard("resume", done.directory, "--headless", "--acknowledge", **LIES)
    assert {event["who"].split(" (")[0] for event in done.events} == {ME}
    assert {body["operator"].split(" (")[0] for body in done.of("run_started") + done.of("handover_acknowledged")} == {
        ME
    }
    assert done.of("handed_over")[0]["to"] == "sam"
    told = [wizard("report", done.directory), wizard("handover", done.directory, "-o", "/dev/stdout")]
    written = [path for path in done.directory.rglob("*") if path.is_file()]
    assert all("cto.approves" not in one.stdout for one in told)
    assert [path for path in written if b"cto.approves" in path.read_bytes()] == []


def test_whoever_called_sudo_stands_beside_the_account_as_what_a_variable_says(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    done = wizard.run(checklist(phase(step("one", "command: 'true', read_only: true"))), SUDO_USER="sam")
    assert {event["who"].startswith(f"{ME} (") and "SUDO_USER=sam" in event["who"] for event in done.events} == {True}
    assert "SUDO" in wizard("report", done.directory).stdout
