"""``user``: an account of the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from wizard.checklist.spec import AccountName, CheckSpec, Flag, Flaw
from wizard.checks.base import Check, Observation, failed, judged
from wizard.facts.accounts import Account, account
from wizard.text import one_line


class UserSpec(CheckSpec):
    """An account by name or number. ``group`` is one it belongs to; ``login``: its shell lets a person in, or not."""

    kind: ClassVar[str] = "user"

    account: AccountName
    exists: Flag = True
    group: AccountName | None = None
    login: Flag | None = None

    def flaws(self) -> Iterator[Flaw]:
        """Nothing can be asked of an account that must not be there."""
        if self.exists is False and (self.group is not None or self.login is not None):
            yield Flaw(("exists",), "an account that must not be there has no group or shell", "Remove the others")


class UserCheck(Check[UserSpec]):
    """Looks an account up."""

    Spec = UserSpec

    def title(self) -> str:
        """What the account must be."""
        return f"account {one_line(self.spec.account)}: {self._expected()}"

    def _expected(self) -> str:
        if not self.spec.exists:
            return "absent"
        wishes = ["there"]
        wishes += [f"in group {one_line(self.spec.group)}"] if self.spec.group is not None else []
        if self.spec.login is not None:
            wishes.append("with a login shell" if self.spec.login else "without a login shell")
        return ", ".join(wishes)

    async def observe(self) -> Observation:
        """Look once."""
        found = await account(self.host, self.spec.account)
        if found is None:
            return judged(not self.spec.exists, self._expected(), "there is no such account")
        if not self.spec.exists:
            return failed(self._expected(), _told(found))
        in_group = self.spec.group is None or self.spec.group in found.groups
        shell = self.spec.login is None or self.spec.login == found.can_log_in
        return judged(in_group and shell, self._expected(), _told(found))


def _told(found: Account) -> str:
    return f"uid {found.uid}, groups {' '.join(found.groups)}, shell {found.shell or '/bin/sh'}"
