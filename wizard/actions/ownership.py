"""``ownership``: whose a path or a tree is, its mode, or an account's own entry in its ACL; undone path by path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from shlex import quote
from typing import ClassVar

from wizard.actions.base import Action, Before, Difference, Plan, Result, Stage, result_of
from wizard.actions.restoring import restore_script
from wizard.checklist.spec import Access, AccountName, ActionSpec, Flag, Flaw, Mode, Spec, Text, is_template
from wizard.errors import StepRefused
from wizard.facts import accounts
from wizard.facts.asking import PLAIN, operand
from wizard.facts.manifest import Manifest, base_acl, survey
from wizard.hosts.base import Attempt
from wizard.text import one_line

LIMIT = 3600.0
"""Seconds a host may take for a large tree."""

_ACCESS = re.compile(r"[rwx]{1,3}")


class Grant(Spec):
    """An account, by name or number, and what it may do: letters of ``rwx``."""

    account: AccountName
    access: Access = "rwx"


class Revoke(Spec):
    """An account, by name or number."""

    account: AccountName


class OwnershipSpec(ActionSpec):
    """Owner, group and mode, or an ACL entry given to or taken from one account."""

    kind: ClassVar[str] = "ownership"

    path: Text
    owner: AccountName | None = None
    group: AccountName | None = None
    mode: Mode | None = None
    recursive: Flag = False
    grant: Grant | None = None
    revoke: Revoke | None = None

    def flaws(self) -> Iterator[Flaw]:
        """One kind of change a step; a mode for one path only."""
        plain = any((self.owner, self.group, self.mode))
        if sum((plain, self.grant is not None, self.revoke is not None)) != 1:
            mend = "Keep one; write the others as steps of their own"
            yield Flaw(("path",), "needs either owner, group or mode, or grant, or revoke", mend)
        if self.recursive is True and (self.mode or self.grant or self.revoke):
            yield Flaw(("recursive",), "only owner and group are set recursively", "Set the mode or ACL of one path")
        if self.grant and not is_template(self.grant.access) and not _ACCESS.fullmatch(self.grant.access):
            yield Flaw(("grant", "access"), "access is letters of rwx", "Write it as in rwx or rx")


class Ownership(Action[OwnershipSpec]):
    """Changes whose a path is, or who else may use it.

    Before-state: the manifest of every path it may touch.
    """

    Spec = OwnershipSpec

    def plan(self) -> Plan:
        """The script; mount points inside the tree are left out of it once they have been seen."""
        tree = " and of all below it" if self.spec.recursive else ""
        undo = f"owner, group, mode and ACL of {one_line(self.spec.path, 400)}{tree}, path by path, as captured"
        return Plan(self._script(()), undo)

    def _script(self, foreign: Sequence[str]) -> str:
        head = f"{PLAIN}\npath={operand(self.spec.path)}\n"
        if self.spec.grant:
            return head + _grant(self.spec.grant.account, self.spec.grant.access)
        if self.spec.revoke:
            return head + _revoke(self.spec.revoke.account)
        return f"{head}set -eu\n{self._chown(foreign)}{self._chmod()}"

    def _chown(self, foreign: Sequence[str]) -> str:
        owner, group = self.spec.owner, self.spec.group
        if not owner and not group:
            return ""
        whose = quote(f"{owner or ''}:{group}" if group else f"{owner}")
        wrong = " -o ".join(
            f"! -{which} {quote(name)}" for which, name in (("user", owner), ("group", group)) if name is not None
        )
        walk = "-xdev" if self.spec.recursive else "-prune"
        skip = "".join(f" ! -path {quote(_pattern(path))}" for path in foreign)
        return f'find "$path" {walk}{skip} \\( {wrong} \\) -exec chown -h {whose} -- {{}} +\n'

    def _chmod(self) -> str:
        # GNU chmod keeps a directory's set-id bits unless the mode has five digits.
        return f'chmod {int(self.spec.mode, 8):05o} -- "$path"\n' if self.spec.mode else ""

    async def capture(self) -> Before:
        """The manifest of the path, and of all below it where the step is recursive.

        Raises:
            StepRefused: It is not there, is a symbolic link, cannot be read, or the account is not there.
        """
        await accounts.require(self.host, self._new_owner(), self.spec.group)
        manifest = await survey(self.host, self.spec.path, recursive=bool(self.spec.recursive))
        top = next(iter(manifest.entries.values()), None)
        about = one_line(self.spec.path)
        if top is None:
            raise StepRefused(f"{about} is not there", where=self.host.name, mend="Name a path that is")
        if top.kind == "l":
            raise StepRefused(f"{about} is a symbolic link", where=self.host.name, mend="Name what it points to")
        return manifest.to_json()

    def _new_owner(self) -> str | None:
        asked = self.spec.grant or self.spec.revoke
        return asked.account if asked else self.spec.owner

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Change it; ``values["method"]`` says how a grant was made: ``acl``, or ``owner`` where ACLs are missing."""
        ran = await stage.run(self.host, Attempt("own", self._script(before["foreign"]), limit=LIMIT))
        said = re.findall(r"^method: (\w+): (.*)$", ran.text, re.MULTILINE)
        if not said:
            return result_of(ran, f"changed {one_line(self.spec.path)}")
        method, what = said[-1]
        return replace(result_of(ran, one_line(what, 200)), values={"method": method})

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Restore the paths that differ; files that came since stay as they are."""
        was = Manifest.from_json(before)
        if not await self.compare(before):
            return Result(ok=True, what="every path is as it was; nothing to undo")
        acls = {path: entry.acl for path, entry in was.entries.items() if entry.acl}
        if self.spec.grant or self.spec.revoke:
            top, entry = next(iter(was.entries.items()))
            acls[top] = entry.acl or base_acl(entry.mode)
        ran = await stage.run(self.host, Attempt("restore", restore_script(was, acls), limit=LIMIT))
        new = (await self._now()).entries.keys() - was.entries.keys()
        since = f"; {len(new)} that came since stay as they are" if new else ""
        return result_of(ran, f"restored {len(was.entries)} paths{since}")

    async def compare(self, before: Before) -> Sequence[Difference]:
        """Every captured path whose owner, group, mode, kind or ACL differs, or that is gone."""
        was, now = Manifest.from_json(before), await self._now()
        found: list[Difference] = []
        for path, entry in was.entries.items():
            seen = now.entries.get(path)
            if seen != entry:
                found.append(Difference(path, str(entry), "gone" if seen is None else str(seen)))
        return found

    async def _now(self) -> Manifest:
        return await survey(self.host, self.spec.path, recursive=bool(self.spec.recursive))


def _pattern(escaped: str) -> str:
    """A path as a pattern of `find` that matches nothing else, whatever bytes it has."""
    return re.sub(r"([*?\[])", r"[\1]", re.sub(r"(?:\\0[0-7]{3})+", "*", escaped))


def _grant(account: str, access: str) -> str:
    entry, who = quote(f"u:{account}:{access}"), quote(account)
    return f"""if [ "$(stat -c %u -- "$path")" = "$(id -u -- {who} 2>/dev/null || echo {who})" ]; then
    chmod u+{access} -- "$path" && echo "method: owner: it is the account's own; the owner's mode now allows {access}"
elif command -v setfacl >/dev/null 2>&1 && setfacl -m {entry} -- "$path"; then
    echo 'method: acl: an ACL entry lets the account in; the owner stays'
else
    chown -h {who} -- "$path" && chmod u+{access} -- "$path" &&
        echo 'method: owner: no ACLs here, so the path itself now belongs to the account'
fi
"""


def _revoke(account: str) -> str:
    entry = quote(f"u:{account}")
    return f"""if ! command -v setfacl >/dev/null 2>&1; then
    echo 'method: none: no ACLs here, so none to take back'
    exit 0
fi
setfacl -x {entry} -- "$path" || exit
if ! getfacl -cnp -- "$path" | grep -q '^\\(user\\|group\\):[^:]'; then setfacl -x m -- "$path" || exit; fi
echo 'method: acl: the ACL entry is gone'
"""
