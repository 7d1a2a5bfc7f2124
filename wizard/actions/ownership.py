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
from wizard.facts.guarded import entering, script
from wizard.facts.manifest import Manifest, base_acl, survey
from wizard.facts.names import escaped
from wizard.hosts.base import Attempt
from wizard.text import one_line

LIMIT = 3600.0
"""Seconds a host may take for a large tree."""

SHOWN = 5
"""Files with other names that are named."""

_NOT_OURS = "$name belonged to another account as it was captured"
_SET_ID = 0o6000
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
        """The script; mount points and, of one path, whose it was come into it once they have been seen."""
        tree = " and of all below it" if self.spec.recursive else ""
        undo = f"owner, group, mode and ACL of {one_line(self.spec.path, 400)}{tree}, path by path, as captured"
        return Plan(self._script(()), undo)

    def _script(self, foreign: Sequence[str], whose: Sequence[str] = ()) -> str:
        calls = ("enter", "hold", "into", "give_tree", "guard_tree") if self.spec.recursive else ("enter", "hold")
        body = f"{entering(self.spec.path)}\n{self._tree(foreign)}{self._held(whose)}{self._change()}"
        return script(body, *calls)

    def _held(self, whose: Sequence[str]) -> str:
        """Hold the path, unless it is a link by now, or what somebody else than it was captured of put there."""
        lines = ['hold "$name" || refuse "$name: $why"', '[ "$kind" != l ] || refuse "$name is a symbolic link by now"']
        if not self._whose() or self.spec.mode:
            lines.append('[ -z "$fleeting" ] || refuse "$name: others than root can write to its directory"')
        if whose:
            known = " | ".join(f"{quote(one)}' '* | *' '{quote(one)}" for one in dict.fromkeys(whose))
            lines += [
                'owner=$(act stat $see "%u %U" --)',
                f'case $owner in {known}) ;; *) refuse "{_NOT_OURS}" ;; esac',
            ]
        return "".join(f"{line}\n" for line in lines)

    def _change(self) -> str:
        if self.spec.grant:
            return _grant(self.spec.grant.account, self.spec.grant.access)
        if self.spec.revoke:
            return _revoke(self.spec.revoke.account)
        chown = f"act chown $nofollow {self._whose()} --\n" if self._whose() else ""
        return chown + self._chmod()

    def _whose(self) -> str:
        owner, group = self.spec.owner, self.spec.group
        return quote(f"{owner or ''}:{group}" if group else f"{owner}") if owner or group else ""

    def _tree(self, foreign: Sequence[str]) -> str:
        """What is done with a directory where it is recursive; anything else is one path."""
        if not self.spec.recursive:
            return ""
        wrong = " -o ".join(
            f"! -{which} {quote(name)}"
            for which, name in (("user", self.spec.owner), ("group", self.spec.group))
            if name is not None
        )
        top = escaped(self.spec.path.rstrip("/").encode("utf-8", "surrogateescape"))
        inside = (_pattern(f".{path.removeprefix(top)}") for path in foreign)
        skip = "".join(f"! -path {quote(pattern)} " for pattern in inside)
        return f"""if [ -d "./$name" ] && [ ! -L "./$name" ]; then
    into "$name" || refuse "$name was replaced while it was being entered"
    guard_tree
    give_tree {self._whose()} {skip}\\( {wrong} \\)
    exit
fi
"""

    def _chmod(self) -> str:
        # GNU chmod keeps a directory's set-id bits unless the mode has five digits.
        if not self.spec.mode:
            return ""
        mode, alone = int(self.spec.mode, 8), ""
        if mode & _SET_ID:
            alone = '[ "$kind" = d ] || mine || refuse "others can write to its directory: no set-id bits there"\n'
        return f"{alone}act chmod {mode:05o} --\n"

    async def capture(self) -> Before:
        """The manifest of the path, and of all below it where the step is recursive.

        Raises:
            StepRefused: It is not there, is a symbolic link, cannot be read, or the account is not there.
        """
        await accounts.require(self.host, self._new_owner(), self.spec.group)
        manifest = await self._now()
        top = next(iter(manifest.entries.values()), None)
        about = one_line(self.spec.path)
        if top is None:
            raise StepRefused(f"{about} is not there", where=self.host.name, mend="Name a path that is")
        if top.kind == "l":
            raise StepRefused(f"{about} is a symbolic link", where=self.host.name, mend="Name what it points to")
        if manifest.elsewhere:
            self._refuse_elsewhere(about, manifest.elsewhere)
        return manifest.to_json()

    def _refuse_elsewhere(self, about: str, files: Sequence[str]) -> None:
        rest = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
        what = f"{about}: with other names (hard links) elsewhere, where they would be changed too: "
        mend = "Find the other names with find -samefile; remove or copy the file, or change it by hand"
        raise StepRefused(f"{what}{', '.join(files[:SHOWN])}{rest}", where=self.host.name, mend=mend)

    def _new_owner(self) -> str | None:
        asked = self.spec.grant or self.spec.revoke
        return asked.account if asked else self.spec.owner

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Change it; ``values["method"]`` says how a grant was made: ``acl``, or ``owner`` where ACLs are missing."""
        top = next(iter(Manifest.from_json(before).entries.values()))
        asked = self.spec.owner or (self.spec.grant.account if self.spec.grant else None)
        whose = () if self.spec.recursive else tuple(one for one in (str(top.uid), asked) if one)
        ran = await stage.run(self.host, Attempt("own", self._script(before["foreign"], whose), limit=LIMIT))
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
        return await survey(self.host, self.spec.path, recursive=bool(self.spec.recursive), guarded=True)


def _pattern(escaped: str) -> str:
    """A path as a pattern of `find` that matches nothing else, whatever bytes it has."""
    return re.sub(r"([*?\[])", r"[\1]", re.sub(r"(?:\\0[0-7]{3})+", "*", escaped))


def _grant(account: str, access: str) -> str:
    entry, who = quote(f"u:{account}:{access}"), quote(account)
    return f"""if [ "$(act stat -Lc %u --)" = "$(id -u -- {who} 2>/dev/null || echo {who})" ]; then
    act chmod u+{access} -- && echo "method: owner: it is the account's own; the owner's mode now allows {access}"
elif command -v setfacl >/dev/null 2>&1 && act setfacl -m {entry} --; then
    echo 'method: acl: an ACL entry lets the account in; the owner stays'
else
    act chown $nofollow {who} -- && act chmod u+{access} -- &&
        echo 'method: owner: no ACLs here, so the path itself now belongs to the account'
fi
"""


def _revoke(account: str) -> str:
    entry = quote(f"u:{account}")
    return f"""if ! command -v setfacl >/dev/null 2>&1; then
    echo 'method: none: no ACLs here, so none to take back'
    exit 0
fi
act setfacl -x {entry} -- || exit
if ! act getfacl -cnp -- | grep -q '^\\(user\\|group\\):[^:]'; then act setfacl -x m -- || exit; fi
echo 'method: acl: the ACL entry is gone'
"""
