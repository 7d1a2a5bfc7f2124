"""Rehearsals: a step that fails for a real reason on the practice host or in the project, so that rollback is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong on purpose.

    Args:
        step: The step of the shipped checklist that fails by it.
        title: It in a few words, for a list to choose from.
        story: What happened, in a sentence.
        hook: Sh of a pre-commit hook in the project; empty for none.
        files: More files in the project, by path below it.
        largest_file: Bytes that Redis can write to one file; 0 for no limit.
        drop_in: A drop-in beside the unit on the practice host; empty for none.
        immutable: The stale temporary file in the data directory is marked immutable.
        data_mode: The mode of the data directory.
        inputs: Inputs of the checklist that differ; ``{data}`` stands for the data directory.
    """

    step: str
    title: str
    story: str
    hook: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    largest_file: int = 0
    drop_in: str = ""
    immutable: bool = False
    data_mode: int = 0o755
    inputs: Mapping[str, str] = field(default_factory=dict)


NOTHING = Fault("", "the whole incident", "everything goes as it should")

FAULTS: tuple[Fault, ...] = (
    Fault(
        "commit-template",
        "a commit hook refuses",
        "The team's pre-commit hook wants a ticket number, which the commit of the template does not carry.",
        hook="echo 'pre-commit: no ticket number: see the handbook' >&2\nexit 1\n",
    ),
    Fault(
        "other-references",
        "a second file names the missing account",
        "Somebody copied the variables for another host group, with the account that nobody has.",
        files={"ansible/inventory/group_vars/cache.yml": "---\ncache_service:\n  user: redis-stack\n"},
    ),
    Fault(
        "save",
        "the disk fills up while Redis saves",
        "Redis may write to its directory again, but the snapshot is larger than what the disk still takes.",
        largest_file=65_536,
    ),
    Fault(
        "reload",
        "a forgotten drop-in beats the deployed unit",
        "Years ago somebody overrode the unit's user by `systemctl edit`, and told nobody.",
        drop_in="[Service]\nUser=autobot\nGroup=autobot\n",
    ),
    Fault(
        "chown-data",
        "a file cannot change hands while Redis is stopped",
        "One old file in the data directory is marked immutable (chattr +i), so the change of owner stops half-way.",
        immutable=True,
    ),
    Fault(
        "backups",
        "the backup cannot read the new snapshot",
        "The data directory is closed to all but its owner and group, and the backup's account is neither.",
        data_mode=0o750,
        inputs={
            "backup_check": "setpriv --reuid=backup --regid=backup --init-groups test -r {data}/dump.rdb",
        },
    ),
)
"""One in each phase of the shipped checklist."""


def find_fault(step: str) -> Fault:
    """The fault that makes this step fail.

    Raises:
        UsageError: There is none.
    """
    found = next((fault for fault in FAULTS if fault.step == step), None)
    if found is None:
        mend = f"Choose one of: {', '.join(fault.step for fault in FAULTS)}"
        raise UsageError(f"there is no rehearsal in which {step} fails", mend=mend)
    return found
