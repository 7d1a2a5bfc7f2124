"""A host out of its role is not changed: a failover between two steps, during a rollback, and before a resume."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, phase, step

HEAD = """\
inputs:
  where: {type: path}
hosts:
  web: {local: true, role: {command: "cat {{ where }}/role"}}
"""
FIRST = (
    'command: "echo first >> {{ where }}/effects; sh {{ where }}/meanwhile", undo: "echo back >> {{ where }}/effects"'
)
SECOND = (
    'command: "echo second >> {{ where }}/effects", undo: "echo back >> {{ where }}/effects; sh {{ where }}/meanwhile"'
)
CHECK = 'file: {path: "{{ where }}/effects"}'
STEPS = phase(
    step("first", FIRST, CHECK, on="web"),
    step("look", 'command: "cat {{ where }}/effects", read_only: true', on="web"),
    step("second", SECOND, CHECK, on="web"),
)
FAILOVER = "echo replica > {where}/role\n"


class Place:
    """What stands on the host: its role, what happens meanwhile, and what was done to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.is_("master")
        self.meanwhile("")

    def is_(self, role: str) -> None:
        (self.root / "role").write_text(f"{role}\n")

    def meanwhile(self, script: str) -> None:
        (self.root / "meanwhile").write_text(script.format(where=self.root))

    @property
    def effects(self) -> list[str]:
        return (self.root / "effects").read_text().split()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def run(wizard: Wizard, *options: str) -> Done:
    return wizard.run(checklist(STEPS, HEAD), "--set", f"where={wizard.home}", *options)


def roles(done: Done) -> list[tuple[str, bool]]:
    return [(seen["role"], seen["pinned"]) for seen in done.of("role_seen")]


def test_a_host_that_stays_what_it_is_is_said_to_be_it_once(wizard: Wizard, place: Place) -> None:
    done = run(wizard)
    assert (done.exit_status, roles(done)) == (0, [("master", True)])
    assert place.effects == ["first", "second"]
    assert "web is master" in done.stderr


def test_after_a_failover_nothing_more_is_changed_until_a_person_says_so(wizard: Wizard, place: Place) -> None:
    place.meanwhile(FAILOVER)
    done = run(wizard)
    assert (done.exit_status, place.effects) == (4, ["first"])
    (asked,) = done.of("question_asked")
    assert (asked["scope"], asked["purpose"]) == ("host:web", "role")
    assert "was master when the run learnt it, and is replica now" in asked["text"]
    assert asked["text"] in done.stderr
    again = wizard("resume", wizard.directory, "--headless")
    assert (again.exit_status, place.effects) == (4, ["first"])
    place.is_("master")
    assert wizard("resume", wizard.directory, "--headless").exit_status == 0
    assert place.effects == ["first", "second"]


def test_what_only_reads_is_not_kept_from_it(wizard: Wizard, place: Place) -> None:
    place.meanwhile(FAILOVER)
    done = run(wizard)
    ended = {step["step"]: step["outcome"] for step in done.of("step_ended")}
    assert ended == {"first": "verified", "look": "verified"}


def test_a_role_that_cannot_be_told_is_no_other_one_and_is_on_record(wizard: Wizard, place: Place) -> None:
    place.meanwhile("rm {where}/role\n")
    done = run(wizard)
    assert (done.exit_status, place.effects) == (0, ["first", "second"])
    assert roles(done) == [("master", True), ("", False)]
    assert "No such file" in done.of("role_seen")[-1]["why"]
    assert "what web is cannot be told" in done.stderr


def test_a_role_that_can_be_told_only_later_counts_from_then_on(wizard: Wizard, place: Place) -> None:
    (place.root / "role").unlink()
    place.meanwhile("echo master > {where}/role\n")
    assert roles(run(wizard)) == [("", False), ("master", True)]
    place.is_("replica")
    assert wizard("rollback", wizard.directory, "--headless").exit_status == 4
    assert place.effects == ["first", "second"]


def test_a_failover_in_the_middle_of_a_rollback_keeps_the_rest_from_being_undone(wizard: Wizard, place: Place) -> None:
    assert run(wizard).exit_status == 0
    place.meanwhile(FAILOVER)
    done = wizard("rollback", wizard.directory, "--headless")
    assert (done.exit_status, place.effects) == (5, ["first", "second", "back"])
    undone = {undo["step"]: (undo["outcome"], undo["reason"]) for undo in done.of("undo_ended")}
    assert undone["second"][0] == "ran, unproven"
    assert undone["first"][0] == "failed"
    assert "is replica now" in undone["first"][1]


def test_what_has_nothing_to_undo_is_not_called_a_failed_undo(wizard: Wizard, place: Place) -> None:
    final = phase(step("final", 'command: "sh {{ where }}/meanwhile", irreversible: it stays', CHECK, on="web"))
    last = step("last", 'command: "true", undo: "sh {{ where }}/meanwhile"', CHECK, on="web")
    (place.root / "effects").touch()
    assert wizard.run(checklist(final + last, HEAD), "--set", f"where={wizard.home}").exit_status == 0
    place.meanwhile(FAILOVER)
    done = wizard("rollback", wizard.directory, "--headless")
    undone = {undo["step"]: undo["outcome"] for undo in done.of("undo_ended")}
    assert undone == {"last": "ran, unproven", "final": "not undoable"}


def test_the_report_tells_it(wizard: Wizard, place: Place) -> None:
    place.meanwhile(FAILOVER)
    run(wizard)
    report = wizard("report", wizard.directory).stdout
    assert "Host web is master" in report
    assert "Host web is replica now" in report


def test_a_role_is_read_on_its_own_host_and_asks_for_no_secret_in_a_command(wizard: Wizard) -> None:
    role = 'role: {on: local, command: "x {{ word }}"}'
    head = f"inputs:\n  word: {{type: secret, env: WORD}}\nhosts:\n  web: {{local: true, {role}}}\n"
    done = wizard("lint", wizard.write(checklist(STEPS.replace("{{ where }}", "/x"), head)))
    assert done.exit_status == 2
    assert "hosts.web.role.on: the role of a host is read on that host" in done.stdout
    assert "the secret `word` stands in a command line" in done.stdout
