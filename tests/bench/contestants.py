"""Four ways to run the same short steps on one host: each a whole process, each cold, all against the same sshd."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.services.sshd import Sshd

STEPS = 31
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contestant:
    """A program that runs every step.

    Args:
        argv: How it is started.
        cwd: Where.
        step: A regular expression that its output matches once a step.
        afterwards: What lets go of the connections it leaves open, outside the timing.
    """

    name: str
    argv: Sequence[str | Path]
    cwd: Path
    step: str
    afterwards: Sequence[str | Path] = ()

    def run(self) -> None:
        """Run it to its end, and make sure that it did what it was asked."""
        said = self.cwd / "said"
        with said.open("wb") as sink:
            ended = subprocess.run(
                self.argv, check=False, cwd=self.cwd, env=clean_environment(self.cwd), stdout=sink, stderr=sink
            )
        text = said.read_text()
        assert ended.returncode == 0, text
        assert len(re.findall(self.step, text)) == STEPS, text

    def clean(self) -> None:
        """Leave nothing that would help its next run."""
        if self.afterwards:
            subprocess.run(self.afterwards, cwd=self.cwd, check=True, capture_output=True)


def clean_environment(home: Path) -> dict[str, str]:
    """No settings of the user's, no agent, and a home of its own."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "dumb"}


def tool(name: str) -> Path:
    """A program of the environment that the tests run in."""
    return Path(sys.executable).with_name(name)


def wizard(server: Sshd, folder: Path, name: str, program: Path) -> Contestant:
    """Journal, runner, before-state and one check a step; by a program that may be of an earlier commit."""
    steps = "".join(
        f"""
      - id: step-{number}
        title: step {number}
        why: to be timed
        on: there
        run: {{command: echo step {number}, undo: echo back {number}}}
        checks:
          - command: {{command: test -d /}}"""
        for number in range(STEPS)
    )
    folder.joinpath("bench.yaml").write_text(
        f"""\
checklist: bench
title: Short steps
severity: low
hosts:
  there: {{ssh: "{server.destination}", identity: "{server.identity}", spool: "{folder}/spool"}}
phases:
  - id: all
    title: All of them
    steps:{steps}
exit_criteria:
  - command: {{command: test -d /}}
"""
    )
    argv = [program, "run", "bench.yaml", "--headless", "--accept-host-key", server.fingerprint]
    return Contestant(name, argv, folder, r"(?m)│ step \d+$")


def ansible(server: Sshd, folder: Path) -> Contestant:
    """One ``command`` task a step; pipelining, no facts, the interpreter told."""
    tasks = [{"name": f"step {number}", "command": f"echo step {number}"} for number in range(STEPS)]
    play = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
    folder.joinpath("play.yml").write_text(json.dumps(play))
    folder.joinpath("inventory").write_text(
        f"127.0.0.1 ansible_port={server.port} ansible_user={server.user}"
        f" ansible_ssh_private_key_file={server.identity} ansible_python_interpreter={Path(sys.executable).resolve()}\n"
    )
    known = folder / "known_hosts"
    known.write_text(server.known_line)
    folder.joinpath("ansible.cfg").write_text(
        f"""\
[defaults]
inventory = inventory
remote_tmp = {folder}/there
[ssh_connection]
pipelining = True
control_path = {folder}/%%C
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile={known}
"""
    )
    leave = ["ssh", "-O", "exit", "-o", f"ControlPath={folder}/%C", "-p", str(server.port), f"{server.user}@127.0.0.1"]
    return Contestant("ansible", [tool("ansible-playbook"), "play.yml"], folder, r"(?m)^changed: ", leave)


def pyinfra(server: Sshd, folder: Path, program: Path) -> Contestant:
    """One shell operation a step."""
    folder.joinpath("known_hosts").write_text(server.known_line)
    data = {
        "ssh_port": server.port,
        "ssh_user": server.user,
        "ssh_key": str(server.identity),
        "ssh_known_hosts_file": f"{folder}/known_hosts",
        "ssh_strict_host_key_checking": "yes",
    }
    folder.joinpath("inventory.py").write_text(f"hosts = [('127.0.0.1', {data!r})]\n")
    folder.joinpath("deploy.py").write_text(
        "from pyinfra.operations import server\n"
        f"for number in range({STEPS}):\n"
        "    server.shell(name=f'step {number}', commands=[f'echo step {number}'])\n"
    )
    return Contestant("pyinfra", [program, "-y", "inventory.py", "deploy.py"], folder, r"\] Success")


def bare(server: Sshd, folder: Path) -> Contestant:
    """What every ratio is to."""
    folder.joinpath("known_hosts").write_text(server.known_line)
    words = [str(server.port), server.user, server.identity, folder / "known_hosts", str(STEPS)]
    return Contestant("bare loop", [sys.executable, HERE / "bare_loop.py", *words], folder, r"(?m)^step \d+$")


def pyinfra_program(cache: Path) -> Path | None:
    """The program in an environment of its own, made once; None where it cannot be had."""
    program = cache / "venv" / "bin" / "pyinfra"
    if not program.exists():
        venv.create(cache / "venv", with_pip=True, clear=True)
        pip = [program.with_name("python"), "-m", "pip", "install", "--quiet", "pyinfra>=3,<4"]
        subprocess.run(pip, check=False, capture_output=True)
    return program if program.exists() else None
