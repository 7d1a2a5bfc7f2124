"""The plan as shell: a person can paste it, nothing in it breaks out, and no host is asked."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.shellhost import ShellHost
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.checklist.document import Document, load, read_document
from wizard.checklist.inputs import resolve
from wizard.checklist.loading import Source
from wizard.errors import UsageError
from wizard.facts.files import FileState
from wizard.hosts.world import World
from wizard.kinds import registry
from wizard.run import events as ev
from wizard.run.journal import utc_now
from wizard.run.shellplan import plan_of_checklist, plan_of_run
from wizard.run.shellsteps import undoing
from wizard.run.shelltext import COMMENTS, Place, pasted
from wizard.run.state import RunState, replay

SHIPPED = Path(__file__).parents[3] / "checklists"

SMALL = """
checklist: small
title: A small one
severity: low
inputs:
  place: {type: path, default: /tmp/none}
  word: {type: text, default: hello}
  vm: {type: text, default: root@db.example}
  password: {type: secret, default: "", env: SMALL_PASSWORD}
hosts:
  db: {ssh: "{{ vm }}", identity: /keys/id, sudo: true, path: [/opt/db/bin], role: {command: role}}
phases:
  - id: first
    title: First things
    steps:
      - id: make
        title: Make a file
        why: it is needed
        run: {command: "printf '%s\\\\n' {{ word }} >{{ place }}/made", undo: "rm -f -- {{ place }}/made"}
        capture: {kept: {command: "cat -- {{ place }}/made"}}
        checks: [{name: "it is there, {{ word }}", command: {command: "test -f {{ place }}/made"}}]
      - id: write
        title: Write a file
        why: it is wanted
        file: {path: "{{ place }}/deep/written", content: "{{ word }}\\n", mode: "0600"}
        checks: [{file: {path: "{{ place }}/deep/written"}}]
      - id: later
        title: Use what was kept
        why: it was kept
        on: db
        run: {command: "echo {{ captured.kept }}; echo {{ word }}", irreversible: "words {{ word }} fly"}
        checks: [{command: {command: "test {{ captured.kept }} = {{ word }}"}}]
      - id: chosen
        title: A choice that hangs on what is kept
        why: it depends
        on: db
        run: {command: "echo {{ 'this' if captured.kept == 'x' else 'that' }}", read_only: true}
        checks: [{command: {command: "test -d /"}}]
      - id: secret
        title: Say it with a secret
        why: "{{ word }} wants one"
        on: db
        run: {command: 'test -n "$TOKEN"', undo: 'echo "$TOKEN"', secrets: {TOKEN: "it is {{ password }}"}}
        checks: [{command: {command: "test -d /"}}]
      - id: service
        title: Start it
        why: it stands still
        on: db
        service: {unit: db, state: started}
        checks: [{service: {unit: db, active: active}}]
exit_criteria:
  - command: {command: "test -f {{ place }}/made"}
"""


def document() -> Document:
    return read_document(Source(Path("small.yaml"), SMALL, "0"), registry())


def on_paper(**values: Any) -> str:
    small = document()
    return plan_of_checklist(small, {**resolve(small.checklist.inputs, environ={}).values, **values}, registry())


def shell(script: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["dash", *options], input=script.encode(), capture_output=True, check=False, timeout=20)


def part(plan: str, title: str) -> str:
    return next(
        block for block in plan.split("\n\n") if f" {title} - on " in block.partition("\n")[2].partition("\n")[0]
    )


def run_of(body: list[ev.Event], **inputs: Any) -> RunState:
    small = document()
    phases = small.checklist.phases
    values = {**resolve(small.checklist.inputs, environ={}).values, **inputs}
    started = ev.RunStarted(
        run="20261123-143005-7f3a",
        checklist="small",
        title="A small one",
        severity="low",
        path="small.yaml",
        sha256="0",
        source=SMALL,
        operator="o",
        machine="m",
        wizard="0",
        inputs=values,
        secrets=["password"],
        outline=[
            {
                "id": phase.id,
                "title": phase.title,
                "steps": [
                    {"id": s.id, "title": s.title, "host": s.on, "kind": s.kind, "changes": s.action.changes}
                    for s in phase.steps
                ],
            }
            for phase in phases
        ],
        exit_criteria=[],
    )
    events: list[ev.Event] = [started, *body]
    return replay(ev.Record(seq, utc_now(), "o", event) for seq, event in enumerate(events, start=1))


def capture(directory: Path, step: str, before: Mapping[str, Any]) -> list[ev.Event]:
    (directory / "before").mkdir(exist_ok=True)
    (directory / "before" / f"{step}.json").write_text(json.dumps(before))
    digest = sha256(json.dumps(before).encode()).hexdigest()
    return [ev.BeforeCaptured(step, f"{step}.json", digest), ev.UndoRegistered(step, "as it was")]


@pytest.mark.services
def test_the_shipped_checklist_becomes_shell_that_parses() -> None:
    shipped = load(SHIPPED / "redis-ownership.yaml", registry())
    plan = plan_of_checklist(shipped, resolve(shipped.checklist.inputs, environ={}).values, registry())
    for program in (["dash", "-n"], ["busybox", "sh", "-n"]):
        done = subprocess.run(program, input=plan.encode(), capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    titles = [step.title for phase in shipped.checklist.phases for step in phase.steps]
    assert all(f" {title} - on " in plan for title in titles)


HOSTILE = [
    "'; touch no",
    "\nEOF_1\ntouch no\n",
    '"$(touch no)`touch no`"',
    "<<'EOF_2'",
    "\x1b[31m\r\n",
    ") (",
    "\udcff",
    "",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_the_shipped_checklist_becomes_shell_that_parses_whatever_its_inputs_are(value: str) -> None:
    shipped = load(SHIPPED / "redis-ownership.yaml", registry())
    values = {name: value for name, one in shipped.checklist.inputs.items() if one.type in {"text", "path", "host"}}
    known = {**resolve(shipped.checklist.inputs, environ={}).values, **values}
    done = shell(plan_of_checklist(shipped, known, registry()), "-n")
    assert (done.returncode, done.stderr) == (0, b"")


def test_each_step_says_number_host_reason_and_what_must_then_hold() -> None:
    assert part(on_paper(), "Make a file").startswith(
        f"{COMMENTS}# 1.1 Make a file - on local (this machine)\n# why: it is needed\n/bin/sh <<'EOF_1'\n"
    )
    assert "# must then hold: test '<captured.kept>' = hello\n" in on_paper()
    assert "# 1.6 Start it - on db (root@db.example · sudo)\n" in on_paper()
    assert "# look whether db still is what it was\n" in part(on_paper(), "Start it")


def test_a_step_on_a_host_is_handed_to_its_shell_by_ssh() -> None:
    assert "\nssh -i /keys/id root@db.example sudo /bin/sh <<'EOF_1'\nPATH=/opt/db/bin:$PATH; export PATH\n" in part(
        on_paper(), "Start it"
    )
    assert "ssh -i /keys/id -p 2222 root@db.example" in on_paper(vm="root@db.example:2222")
    small = document()
    values = resolve(small.checklist.inputs, environ={}).values
    accepted = plan_of_checklist(small, values, registry(), known_hosts=Path("/state/known hosts"))
    assert """ssh -o 'UserKnownHostsFile="~/.ssh/known_hosts" "/state/known hosts"' -i""" in accepted


def test_what_is_pasted_does_what_the_wizard_would_do_and_leaves_the_persons_shell_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "it's here"
    place.mkdir()
    plan = on_paper(place=str(place), word="$(touch no)\n'\"`x`")
    done = shell(part(plan, "Make a file") + "\n" + part(plan, "Write a file") + "\numask; echo still here\n")
    assert done.stdout.decode().endswith("still here\n"), done.stderr
    assert (place / "made").read_text() == "$(touch no)\n'\"`x`\n"
    assert (place / "deep/written").read_text() == "$(touch no)\n'\"`x`\n"
    assert (place / "deep/written").stat().st_mode & 0o777 == 0o600


@pytest.mark.services
def test_a_zsh_that_is_typed_at_obeys_no_comment(tmp_path: Path) -> None:
    plan = on_paper(place=str(tmp_path), word="it's $(touch obeyed) `touch obeyed`; touch obeyed")
    for block in plan.split("\n\n"):
        words = ["zsh", "-f", "-i", "-s"]
        done = subprocess.run(words, input=block.encode(), capture_output=True, check=False, cwd=tmp_path, timeout=20)
        assert b"not found" not in done.stderr
    assert not (tmp_path / "obeyed").exists()
    assert (tmp_path / "made").exists()


def test_a_file_is_not_written_over_a_link_or_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/written").symlink_to(tmp_path / "elsewhere")
    shell(part(on_paper(place=str(tmp_path)), "Write a file"))
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "deep/written").is_symlink()


def test_a_value_that_is_not_known_yet_is_marked_and_its_command_is_a_comment() -> None:
    step = part(on_paper(), "Use what was kept")
    assert "# not to be pasted before this is known: <captured.kept>:\n# echo '<captured.kept>'; echo hello\n" in step
    assert all(line.startswith("#") for line in step.removeprefix(COMMENTS).splitlines())


def test_a_choice_that_hangs_on_an_unknown_value_is_shown_as_it_is_written() -> None:
    step = part(on_paper(), "A choice that hangs on what is kept")
    assert "# needs: <captured.kept>\n" in step
    assert "# command: echo {{ 'this' if captured.kept == 'x' else 'that' }}\n" in step


def test_an_input_that_nobody_gave_is_marked_too() -> None:
    plan = plan_of_checklist(document(), {"place": "/tmp/x"}, registry())
    assert "# not to be pasted before this is known: <input word>:" in part(plan, "Make a file")
    assert "not to be pasted, as it is not known how to reach db:\n# systemctl start" in part(plan, "Start it")
    assert shell(plan, "-n").returncode == 0


def test_a_secret_is_a_variable_and_goes_through_a_pipe() -> None:
    plan = on_paper(password="hunter2-hunter2")
    assert "hunter2" not in plan
    step = part(plan, "Say it with a secret").replace(
        "ssh -i /keys/id root@db.example sudo /bin/sh", "sh -c 'cat; echo end'"
    )
    given_line = next(line for line in plan.splitlines() if line.startswith("given() "))
    done = shell(f"""password="a'b \\\\c"\n{given_line}\n{step}\n""")
    assert done.stdout.decode().splitlines()[:2] == ["TOKEN='it is a'\\''b \\c'", "export TOKEN"], done


def test_run_as_a_whole_it_refuses_to_do_and_then_undo_everything(tmp_path: Path) -> None:
    done = shell(on_paper(place=str(tmp_path)))
    assert done.returncode == 2
    assert b"pasted step by step" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_of_a_run_only_what_remains_is_to_be_done_with_what_was_captured(tmp_path: Path) -> None:
    state = run_of(
        [
            ev.StepEnded("make", "verified"),
            ev.ValueCaptured("make", "kept", "it's kept"),
            ev.StepEnded("write", "failed", "no room"),
            ev.RoleSeen("db", "master", pinned=True),
            ev.AttemptIntended("k", "write", 2, "do", "local", "x", "0", 1.0, "b"),
        ]
    )
    plan = plan_of_run(document(), state, tmp_path, registry())
    assert "# look whether db still is master\n" in part(plan, "Start it")
    assert "Plan of run 20261123-143005-7f3a" in plan
    assert " Make a file - on " not in plan
    assert "\necho 'it'\"'\"'s kept'; echo hello\n" in part(plan, "Use what was kept")
    assert "# so far: failed, attempts: 2: no room\n# how an attempt ended is not on record" in plan
    assert "\necho that\n" in part(plan, "A choice that hangs on what is kept")


def test_the_undo_stack_is_newest_first_with_what_is_started_again_last(tmp_path: Path) -> None:
    body = [
        ev.StepRendered("make", "x", "rm the file", changes=True),
        *capture(tmp_path, "make", {"undo_check": None}),
        *capture(tmp_path, "write", {"path": "/x", "was": FileState("absent").to_json()}),
        ev.UndoRegistered("later", "", "words fly"),
        *capture(tmp_path, "service", {"properties": {"ActiveState": "active", "UnitFileState": "enabled"}}),
    ]
    plan = plan_of_run(document(), run_of(body), tmp_path, registry())
    undo = plan[plan.index("# == Undo, in this order ==") :]
    titles = [line for line in undo.splitlines() if " - on " in line]
    assert [title.split()[1] for title in titles] == ["1.3", "1.2", "1.1", "1.6"]
    assert "# a rollback leaves this as it is: words {{ word }} fly\n" in undo
    assert f"# as captured in {tmp_path}/before/write.json\n" in undo
    assert "# undo, as approved: rm the file\n" in undo
    assert "\nrm -f -- /tmp/none/made\n" in undo
    assert "\nsystemctl daemon-reload\nsystemctl enable -- db\nsystemctl start -- db\n" in undo
    assert shell(plan, "-n").returncode == 0


async def test_an_ownership_is_taken_back_by_pasting_what_was_captured(tmp_path: Path) -> None:
    secret = tmp_path / "it's secret"
    secret.write_text("x")
    secret.chmod(0o600)
    host = ShellHost("local")
    action = Ownership(OwnershipSpec(path=str(secret), mode="0644"), World(host, {"local": host}, "r", tmp_path))
    before = await action.capture()
    secret.chmod(0o644)
    offer = undoing(action, before, tmp_path / "before.json")
    done = shell(pasted(Place("local", "this machine", "/bin/sh"), offer.script, {}))
    assert done.returncode == 0, done.stderr
    assert secret.stat().st_mode & 0o777 == 0o600


def test_what_a_file_was_is_told_without_its_bytes(tmp_path: Path) -> None:
    was = FileState("file", 0, 0, 0o640, owner="root", group="adm", content=b"password: hunter2")
    body = capture(tmp_path, "write", {"path": "/x", "was": was.to_json()})
    plan = plan_of_run(document(), run_of(body), tmp_path, registry())
    assert "# /x was: file root:adm 0640; its bytes are in there, in base64, as was.content\n" in plan
    assert b64encode(b"password: hunter2").decode() not in plan


def test_a_before_state_that_is_gone_or_foreign_leaves_words(tmp_path: Path) -> None:
    body = [*capture(tmp_path, "service", {"surprise": 1}), ev.BeforeCaptured("make", "gone.json", "0")]
    plan = plan_of_run(document(), run_of([*body, ev.UndoRegistered("make", "")]), tmp_path, registry())
    assert "\nrm -f -- /tmp/none/made\n" in plan
    assert shell(plan, "-n").returncode == 0


def test_a_run_that_never_began_has_no_plan(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="never began"):
        plan_of_run(document(), RunState(), tmp_path, registry())


signs = st.sampled_from(
    ["\n", "'", '"', "`", "$(", ")", "}", "EOF_1", "\nEOF_1\n", "\n) </dev/null\n", "#", "\\", "\r"]
)
hostile = st.lists(st.one_of(signs, st.text(max_size=5)), max_size=12).map("".join)


@settings(max_examples=60, deadline=None)
@given(hostile, hostile, hostile)
@example("EOF_1\nEOF_2\n", "x\nEOF_1\ntouch /tmp/no\n", "a\u2028b\x1b]0;x\x07")
@example("\udcff", "\ud800", "\x00")
def test_no_value_breaks_out_of_its_comment_or_here_document(word: str, place: str, kept: str) -> None:
    body: list[ev.Event] = [
        ev.ValueCaptured("make", "kept", kept),
        ev.StepEnded("chosen", "failed", word),
        ev.StepRendered("make", place, word, changes=True),
        ev.UndoRegistered("make", ""),
        ev.UndoRegistered("write", kept),
        ev.RoleSeen("db", kept, pinned=True),
    ]
    state = run_of(body, word=word, place=place, vm=kept)
    plan = plan_of_run(document(), state, Path("/nowhere") / kept.replace("\0", ""), registry())
    done = shell(plan, "-n")
    assert (done.returncode, done.stderr) == (0, b"")
    _only_comments_and_here_documents(plan)


def _only_comments_and_here_documents(plan: str) -> None:
    """Outside of here-documents stand comments, blank lines and lines of ours only."""
    lines = iter(plan.split("\n"))
    for line in lines:
        if "<<'" in line and not line.startswith("#"):
            mark = line.rpartition("<<'")[2].rstrip("'")
            assert any(inside == mark for inside in lines)
        else:
            assert not line or line.startswith(("#", COMMENTS.rstrip(), "case $- in", "given() {", "} | ssh "))
