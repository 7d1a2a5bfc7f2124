"""The customer's Ansible project with the report's faults, as a git repository of its own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import wizard.drill

from .machine import Machine
from .tools import check

SOURCE = Path(wizard.drill.__file__).parent / "project"
"""The drill ships it."""
BRANCH = "main"


@dataclass(frozen=True)
class Project:
    """A checkout of the customer's project; clean, on its main branch."""

    root: Path

    @property
    def playbook(self) -> Path:
        """The playbook that does not parse."""
        return self.root / "ansible/playbooks/deploy-database.yml"

    @property
    def inventory(self) -> Path:
        """The inventory with the one database host."""
        return self.root / "ansible/inventory/production.yml"

    @property
    def group_vars(self) -> Path:
        """The variables that name a user which does not exist."""
        return self.root / "ansible/inventory/group_vars/database.yml"

    @property
    def template(self) -> Path:
        """Where the report says the missing template belongs; it does not exist."""
        return self.root / "ansible/templates/systemd/redis-stack-server.service.j2"

    @property
    def start_script(self) -> Path:
        """The start script, whose chown is already right."""
        return self.root / "scripts/vm-management/start-redis.sh"

    def git(self, *args: str) -> str:
        """Run git in this repository and return its output."""
        return check(["git", "-C", str(self.root), *args]).strip()


def build(root: Path, machine: Machine | None = None) -> Project:
    """Copy the project to `root`, point it at the machine's key if given, and commit everything."""
    shutil.copytree(SOURCE, root, dirs_exist_ok=True)
    project = Project(root)
    if machine is not None:
        _use_key(project.inventory, machine)
    project.git("init", "--quiet", f"--initial-branch={BRANCH}")
    for name, value in (("user.name", "AutoBot Operations"), ("user.email", "ops@autobot.example")):
        project.git("config", name, value)
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message=AutoBot operations")
    return project


def _use_key(inventory: Path, machine: Machine) -> None:
    """Name the operator's key in the inventory, below the user it belongs to."""
    line = f"          ansible_user: {machine.user}\n"
    key = f"          ansible_ssh_private_key_file: {machine.key_file}\n"
    inventory.write_text(inventory.read_text().replace(line, line + key))
