"""What a host says is data: it opens no gate by its signs, and runs nothing on the operator's machine."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist, phase, step
from wizard.checklist.templating import render_command
from wizard.errors import UsageError

LOOKUP = "{{ lookup('pipe', 'echo ran >> MARK; echo obeyed') }}"
OVER = 'command: {command: "echo over", stdout: over}'
PLAYBOOK = """\
- hosts: web
  gather_facts: false
  tasks:
    - name: what was said
      copy: {content: "{{ said }}", dest: "{{ out }}/said"}
    - name: what was given
      copy: {content: "{{ given }}", dest: "{{ out }}/given"}
"""
DEPLOY = """\
      - id: deploy
        title: Deploy
        why: to tell
        ansible:
          directory: "{{ project }}"
          playbook: site.yml
          inventory: hosts
          limit: web
          host: local
          extra_vars: {said: "{{ captured.said | trim }}", given: "{{ given }}", out: "{{ project }}"}
        checks:
          - file: {path: "{{ project }}/said"}
"""


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def document(tmp_path: Path, *steps: str, inputs: str = "") -> str:
    """A checklist of these steps, whose attempts are kept below the test's own directory."""
    return checklist(phase(*steps), f"{inputs}hosts:\n  local: {{local: true, spool: {tmp_path}/spool}}\n")


def saying(said: Path) -> str:
    """A step that captures what a host says."""
    look = f'command: "cat {said}", read_only: true'
    return step("look", look, OVER) + "        capture: {said: {stdout: '(?s)(.*)'}}\n"


@pytest.mark.parametrize(
    ("said", "opens"),
    [("v1.2", True), (".*", False), ("|v1.2", False), ("", False)],
)
@pytest.mark.parametrize(
    "check",
    [
        'command: {command: "echo release=v1.2", stdout: "^release={{ captured.said }}$"}',
        'command: {command: "echo v1.2", stdout: "{{ captured.said }}"}',
        'file: {path: RELEASE, contains: ["{{ captured.said }}"]}',
    ],
    ids=["anchored", "anywhere", "literal"],
)
def test_what_one_host_says_is_looked_for_as_it_is(
    wizard: Wizard, tmp_path: Path, check: str, said: str, *, opens: bool
) -> None:
    (tmp_path / "said").write_text(said)
    (tmp_path / "release").write_text("release=v1.2\n")
    same = step("same", 'command: "true", read_only: true', check.replace("RELEASE", str(tmp_path / "release")))
    done = wizard.run(document(tmp_path, saying(tmp_path / "said"), same))
    assert done.exit_status == (0 if opens else 4), done.stderr


def test_a_host_cannot_say_with_what_its_number_is_compared(wizard: Wizard, tmp_path: Path) -> None:
    (tmp_path / "said").write_text(">=0")
    check = 'redis: {address: "127.0.0.1:1", keys: "{{ captured.said }}"}'
    done = wizard.run(
        document(tmp_path, saying(tmp_path / "said"), step("same", 'command: "true", read_only: true', check))
    )
    assert "cannot stand in a number to compare with" in done.stderr


def test_a_watch_goes_on_where_a_host_said_what_cannot_be_looked_with(wizard: Wizard, tmp_path: Path) -> None:
    (tmp_path / "said").write_text(">=0")
    watch = """\
      - id: watch
        title: Watch
        why: to see
        watch: {for: 1s, every: 1s}
        samples:
          - redis: {address: "127.0.0.1:1", keys: "{{ captured.said }}"}
"""
    done = wizard.run(document(tmp_path, saying(tmp_path / "said"), f"{watch}        checks: [{{{OVER}}}]\n"))
    assert done.exit_status == 4, done.stderr
    looks = [line for line in (done.directory / "events.jsonl").read_text().splitlines() if '"no data"' in line]
    assert "cannot stand in a number to compare with" in looks[0]


def test_statements_of_other_languages_are_ordinary_text_in_a_command(wizard: Wizard, tmp_path: Path) -> None:
    command = "list=abc; echo ${#list} '{% if x %}{# y #}' > {{ out }}/said"
    write = step("write", f'command: "{command}", irreversible: it stays', OVER)
    text = document(tmp_path, write, inputs="inputs:\n  out: {type: path}\n")
    done = wizard.run(text, "--set", f"out={tmp_path}")
    assert done.exit_status == 0, done.stderr
    assert (tmp_path / "said").read_text() == "3 {% if x %}{# y #}\n"


def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "site.yml").write_text(PLAYBOOK)
    (root / "hosts").write_text("web ansible_connection=local\n")
    return root


@pytest.mark.services
def test_ansible_gets_the_very_text_and_runs_none_of_it(wizard: Wizard, tmp_path: Path) -> None:
    root, mark = project(tmp_path), tmp_path / "mark"
    hostile = f'1.2{LOOKUP.replace("MARK", str(mark))}\n"quoted" \\ !unsafe \u00e9 \U0001f600 {{% x %}}'
    (tmp_path / "said").write_text(hostile)
    given = hostile.splitlines()[0]
    filled = tmp_path / "inputs.json"
    filled.write_text(json.dumps({"project": str(root), "given": given}))
    filled.chmod(0o600)
    inputs = "inputs:\n  project: {type: path}\n  given: {type: text}\n"
    text = document(tmp_path, saying(tmp_path / "said"), DEPLOY, inputs=inputs)
    done = wizard.run(text, "--inputs", str(filled))
    assert done.exit_status == 0, done.stderr
    assert (root / "said").read_text() == hostile
    assert (root / "given").read_text() == given
    assert not mark.exists()


SHELLS = [["sh"], ["bash"], ["bash", "--posix"], ["ksh"], ["mksh"], ["busybox", "sh"]]
BREAKS = ("$(touch P)", "x\ntouch P\n#", "'; touch P; '", '"; touch P; "', "a[$(touch P)]", "touch P", "EOF\ntouch P\n")


@pytest.mark.services
@pytest.mark.parametrize(
    "command",
    [
        "true \\\n# {{ captured.x }}\n",
        "cat <\\\n<EOF\n{{ captured.x }}\nEOF\n",
        "(true)# {{ captured.x }}\n",
        "echo $'\\''\"'{{ captured.x }}\"",
        "echo $'it\\'s' \"it's {{ captured.x }}\"",
        'echo "${x:-it\'s}" it\\\'s } "{{ captured.x }}"',
        'v="$(case $(uname) in Linux) echo "it\'s" ;; esac)"; echo {{ captured.x }}',
        "(( {{ captured.x }} > 1 ))",
        "echo $[ {{ captured.x }} ]",
        'echo "$(true # :) \n echo {{ captured.x }} )"',
        "echo $(echo a)# {{ captured.x }}",
        "ab\\\n#c {{ captured.x }}",
        "cat <(echo {{ captured.x }})",
        *["[[ {{ captured.x }} -gt 1 ]]", "[ {{ captured.x }} -gt 1 ]", "[[ a && 1 -le {{ captured.x }} ]]"],
        *[
            "let n={{ captured.x }}",
            "test -v {{ captured.x }}",
            "printf -v {{ captured.x }} 1",
            "shift {{ captured.x }}",
        ],
        *[
            "a[{{ captured.x }}]=1",
            "echo 1 | read {{ captured.x }}",
            "unset {{ captured.x }}",
            "export {{ captured.x }}=1",
        ],
        *["eval echo {{ captured.x }}", "trap {{ captured.x }} EXIT", "sh -c {{ captured.x }}"],
        "sh -c 'printf %s \"$1\"' sh {{ captured.x }}",
        *["n={{ captured.x }}; echo $((n + 1))", "typeset -i n={{ captured.x }}", "export A={{ captured.x }}"],
    ],
)
def test_no_shell_runs_what_a_host_said(command: str, tmp_path: Path) -> None:
    """Either the command is refused, or every shell that is here takes the value for data."""
    shells = [shell for shell in SHELLS if shutil.which(shell[0])]
    for value in BREAKS:
        try:
            done = render_command(command, {"captured": {"x": value}})
        except UsageError:
            continue
        for shell in shells:
            subprocess.run([*shell, "-c", done], cwd=tmp_path, check=False, capture_output=True, timeout=10)
            assert not (tmp_path / "P").exists(), (shell, done)
