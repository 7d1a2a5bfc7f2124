"""How Ansible is started: one readable script, with everything the run pins said in it and no secret in it."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wizard.facts.asking import operand
from wizard.hosts.base import Destination

CALLBACKS = Path(__file__).parent / "ansible_callback"
PASSWORD = "WIZARD_BECOME_PASSWORD"  # noqa: S105  the name of a variable
INTERPRETER = "/usr/bin/python3"
"""Set, so that it is not guessed host by host; an inventory that names another for a host has its way."""

_ESCAPED = re.compile(r"[^ !#-\[\]-~]")
"""What does not stand for itself in a YAML scalar: all but printable ASCII, the quote and the backslash."""
_SHORT = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\t": r"\t"}

_OPENING = """\
set -u
cd -- {directory} || exit 2
private=$(mktemp -d /tmp/wz.XXXXXX) || exit 1
close() {{
  for master in "$private"/cp/*; do
    [ ! -S "$master" ] || ssh -o ControlPath="$master" -O exit - 2>/dev/null
  done
  rm -rf -- "$private"
}}
trap close EXIT
trap 'exit 143' HUP INT TERM PIPE
cat >"$private/vars.yml" <<'VARS'
{variables}
VARS
export LC_ALL=C.UTF-8 SSH_ASKPASS_REQUIRE=never
export ANSIBLE_HOST_KEY_CHECKING=True ANSIBLE_INVENTORY_UNPARSED_FAILED=True ANSIBLE_RETRY_FILES_ENABLED=False
export ANSIBLE_STDOUT_CALLBACK=default ANSIBLE_NOCOLOR=1 ANSIBLE_SSH_CONTROL_PATH_DIR="$private/cp"
export ANSIBLE_PYTHON_INTERPRETER={interpreter}
"""

_LINES = """\
export ANSIBLE_CALLBACK_PLUGINS={callbacks} ANSIBLE_STDOUT_CALLBACK=wizard_output WIZARD_ANSIBLE_LINES={lines}
(umask 077 && mkdir -p -- {folder} && rm -f -- {lines} && : >"$WIZARD_ANSIBLE_LINES") || exit 1
"""


def tool(name: str) -> str:
    """The path of one of Ansible's programs: the operator's own, or the one installed beside the wizard."""
    beside = Path(sys.executable).parent / name
    return shutil.which(name) or (str(beside) if beside.exists() else name)


@dataclass(frozen=True, slots=True)
class Project:
    """A playbook, where it lives, and what it is pinned to."""

    directory: str
    playbook: str
    inventory: str = ""
    limit: str = ""
    tags: Sequence[str] = ()
    extra_vars: Mapping[str, str] = field(default_factory=dict)
    ssh: Destination | None = None

    def arguments(self) -> list[str]:
        """Options that choose inventory, host and tags."""
        chosen = [("-i", self.inventory), ("--limit", self.limit), ("--tags", ",".join(self.tags))]
        return [word for option, value in chosen if value for word in (option, value)]

    def script(self, *options: str, lines: Path | None = None, password: str = "", secret: bool | None = None) -> str:
        """``ansible-playbook`` with these options.

        Args:
            options: Beside those that choose inventory, host and tags.
            lines: Where our callback writes; it is left out where this is None.
            password: Sh that prints the become password; empty where none is needed.
            secret: Whether differences are kept out of the output; None leaves it to the mode of each file.
        """
        command = shlex.join([tool("ansible-playbook"), *self.arguments(), *options])
        become, feed = (
            (f"become=$({password})\nunset {PASSWORD}\n", "printf '%s' \"$become\" | ") if password else ("", "")
        )
        ask = " --become-password-file -" if password else " </dev/null"
        run = f'{feed}{command} -e @"$private/vars.yml"{ask if password else ""} -- {shlex.quote(self.playbook)}'
        return f"{become}{self._opening()}{_reporting(lines, secret)}{run}{'' if password else ask}\n"

    def inventory_script(self, name: str) -> str:
        """``ansible-inventory``: one host's variables as JSON."""
        chosen = ["-i", self.inventory] if self.inventory else []
        return f"{self._opening()}{shlex.join([tool('ansible-inventory'), *chosen, '--host', name])} </dev/null\n"

    def _opening(self) -> str:
        opening = _OPENING.format(
            directory=operand(str(Path(self.directory).expanduser())),
            variables=_yaml(self._variables()),
            interpreter=INTERPRETER,
        )
        user = f"export ANSIBLE_REMOTE_USER={shlex.quote(self.ssh.user)}\n" if self.ssh else ""
        return opening + user

    def _variables(self) -> dict[str, bool | str]:
        """Extra variables beat the inventory's, and ssh takes an option's first value: nothing undercuts these."""
        pinned: dict[str, bool | str] = {"ansible_host_key_checking": True}
        if self.ssh:
            pinned["ansible_ssh_args"] = shlex.join(_ssh_options(self.ssh))
        return {**pinned, **self.extra_vars}


def _yaml(variables: Mapping[str, bool | str]) -> str:
    """The variables as YAML, a line each. Ansible renders no string that is tagged ``!unsafe``, whatever is in it."""
    return "\n".join(f"!unsafe {_scalar(name)}: {_value(value)}" for name, value in variables.items())


def _value(value: bool | str) -> str:  # noqa: FBT001 - a value of YAML, not a switch
    return str(value).lower() if isinstance(value, bool) else f"!unsafe {_scalar(value)}"


def _scalar(text: str) -> str:
    """A double-quoted scalar of printable ASCII on one line (YAML 1.2.2, 5.7 Escaped Characters)."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\U{ord(found[0]):08x}"


def _ssh_options(ssh: Destination) -> list[str]:
    known = " ".join(f'"{path}"' for path in ssh.known_hosts)
    options = ["StrictHostKeyChecking=yes", "ControlMaster=auto", "ControlPersist=60s"]
    options += [f"UserKnownHostsFile={known}"] if known else []
    options += [f'IdentityFile="{ssh.identity}"'] if ssh.identity else []
    return [word for option in options for word in ("-o", option)]


def _reporting(lines: Path | None, secret: bool | None) -> str:  # noqa: FBT001 - a field of the checklist
    if lines is None:
        return ""
    callbacks, folder, file = (shlex.quote(str(path)) for path in (CALLBACKS, lines.parent, lines))
    said = "" if secret is None else f"export WIZARD_ANSIBLE_SECRET={str(secret).lower()}\n"
    return said + _LINES.format(callbacks=callbacks, folder=folder, lines=file)
