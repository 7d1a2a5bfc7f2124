"""Every error a person may meet: what happened, where, and what to do next.

WizardError
├── UsageError              2  a wrong option, input or file
│   ├── ChecklistInvalid    2  one or more problems, each with its position
│   ├── ToolMissing         2  a program the run needs is not there
│   ├── RunDirectoryInUse   2  another wizard writes this run
│   └── HostHeld            2  another run changes this host
├── HostError               3  a host cannot be reached or trusted
│   ├── HostUnreachable
│   ├── HostKeyUnknown          carries the fingerprint to verify
│   ├── HostKeyChanged
│   ├── LoginRefused
│   ├── SudoRefused
│   └── LinkLost                the connection is gone; the outcome is not known
│       └── HostRebooted        and the host has booted anew since
├── StepRefused             4  an action saw, before changing anything, that it must not
│   ├── NoRoom                  a host cannot write down that an attempt begins
│   └── RecordChanged           a file of the record is not what was written
├── HandoverPending         4  a run was handed over, and nobody has taken it over
└── JournalUnwritable       6  the record cannot be kept, so nothing may be done
"""

from __future__ import annotations

from typing import ClassVar


class WizardError(Exception):
    """An error in a person's words.

    Args:
        what: What happened, as a sentence without a final full stop.
        where: ``file:line:column``, or host and step.
        mend: What to do next.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.mend}" if self.mend else head


class UsageError(WizardError):
    """A wrong option, input or file."""


class ToolMissing(UsageError):
    """A program that the run needs is not installed."""


class RunDirectoryInUse(UsageError):
    """Another wizard writes this run."""


class HostHeld(UsageError):
    """Another run changes this host, or did and has not ended."""


class HostError(WizardError):
    """A host cannot be reached or trusted."""

    exit_status = 3


class HostUnreachable(HostError):
    """No connection could be made."""


class HostKeyUnknown(HostError):
    """The host showed a key that nobody has accepted yet.

    Args:
        fingerprint: ``SHA256:…`` of the key shown.
    """

    def __init__(self, what: str, *, fingerprint: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.fingerprint = fingerprint


class HostKeyChanged(HostError):
    """The host showed another key than the one on record."""


class LoginRefused(HostError):
    """The host is there but does not let this identity in."""


class SudoRefused(HostError):
    """Sudo wants a password, got a wrong one, or does not allow this user."""


class LinkLost(HostError):
    """The connection ended; what it was carrying has no known outcome."""


class HostRebooted(LinkLost):
    """The connection ended, and the host has booted anew since."""


class StepRefused(WizardError):
    """An action saw, before changing anything, that it must not go on."""

    exit_status = 4


class NoRoom(StepRefused):
    """A host has no room to write down that an attempt begins, so it began none."""


class RecordChanged(StepRefused):
    """A file of the run directory is not what the journal tells of, so nothing is done on the strength of it."""


class HandoverPending(WizardError):
    """A run was handed over, and goes on only once its successor has said so."""

    exit_status = 4


class JournalUnwritable(WizardError):
    """The journal cannot be written, so nothing may be done."""

    exit_status = 6
