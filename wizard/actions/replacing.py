"""What `file` and `edit` share: a file's whole content replaced in one step, and put back the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from wizard.actions.base import Action, Before, Difference, Ran, Result, Stage, result_of
from wizard.actions.writing import TORN, Wanted, change_script, half, leftovers, restore_script
from wizard.checklist.spec import ActionSpec
from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN, operand, read
from wizard.facts.files import FileState, look
from wizard.facts.guarded import REFUSED, parted
from wizard.hosts.base import Attempt, Host
from wizard.text import one_line

LIMIT = 120.0
"""Seconds a host may take to write one file."""

PRIVACY = (
    "`true` keeps the content out of every record, `false` lets it be shown; where neither is said, the mode decides"
    " whether others may read it"
)

S = TypeVar("S", bound=ActionSpec)


class ReplacesFile(Action[S]):
    """An action that makes one path what ``before["wanted"]`` says, and back to ``before["was"]``.

    Before-state: ``path``; ``was`` (a `FileState`); ``wanted`` (a `Wanted`); ``parents`` that have to be made,
    outermost first.
    """

    async def look_at(self, path: str) -> FileState:
        """The path with its content.

        Raises:
            StepRefused: It is not a plain file of its own that can be replaced.
        """
        state = await look(self.host, path, content=True, guarded=True)
        self._refuse(one_line(path), state)
        return state

    def _refuse(self, path: str, state: FileState) -> None:
        if state.kind == "link":
            what, mend = f"{path} is a symbolic link to {one_line(state.target)}", "Name the file itself"
        elif state.kind not in {"file", "absent"}:
            what, mend = f"{path} is a {state.kind}, not a file", "Name a file"
        elif state.links > 1:
            what, mend = f"{path} has {state.links} hard links; replacing it would part them", "Write it by hand"
        else:
            return
        raise StepRefused(what, where=self.host.name, mend=mend)

    def before(self, path: str, was: FileState, wanted: Wanted, parents: Sequence[str] = ()) -> dict[str, Any]:
        """The before-state."""
        return {
            "path": path,
            "was": was.to_json(),
            "wanted": wanted.to_json(),
            "parents": list(parents),
        }

    def ours(self, before: Before) -> Sequence[Wanted]:
        """What the path shall become, then everything else that this step may have made of it."""
        return [Wanted.from_json(before["wanted"])]

    async def perform(self, stage: Stage, before: Before) -> Result:
        """Write it beside, check it, and move it over the old one unless that has changed since."""
        path, was = _read(before)
        wanted, *earlier = self.ours(before)
        if wanted.lost:
            what = f"what was to be written to {one_line(path)} is not kept any more"
            raise StepRefused(what, where=self.host.name, mend="Start a new run: it is kept until a run ends")
        if not earlier and _is_already(was, wanted):
            return Result(ok=True, what=f"{one_line(path)} is so already", values={"changed": "no"})
        script = change_script(path, wanted, _sights([Wanted.as_it_is(was), *earlier]), before["parents"])
        ran = await stage.run(self.host, Attempt(key="write", script=script, limit=LIMIT, content=wanted.content))
        did = f"removed {one_line(path)}" if wanted.content is None else f"wrote {one_line(path)}"
        return replace(explained(ran, did), values={"changed": "yes", "sha256": wanted.sight})

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Put back content, owner, mode and ACL; another's later version is kept beside it, never overwritten."""
        path, was = _read(before)
        if not await self.compare(before):
            return Result(ok=True, what=f"{one_line(path)} is as it was; nothing to undo")
        script = restore_script(path, Wanted.as_it_is(was), _sights(self.ours(before)), before["parents"])
        ran = await stage.run(self.host, Attempt(key="restore", script=script, limit=LIMIT, content=was.content))
        return explained(ran, f"restored {one_line(path)}")

    async def compare(self, before: Before) -> Sequence[Difference]:
        """Content, owner, mode and ACL; folders that were made for it; a half-written copy left behind."""
        path, was = _read(before)
        now = await look(self.host, path, content=True, guarded=True)
        found = [] if _same(was, now) else [Difference(one_line(path), _told(was), _told(now))]
        if await leftovers(self.host, path):
            found.append(Difference(one_line(f"{parted(path)[0]}/{half(path)}.*"), "absent", "left half-way"))
        still = set(before["parents"]) - set(await missing(self.host, before["parents"]))
        return found + [Difference(one_line(parent), "absent", "directory") for parent in sorted(still)]


def _read(before: Before) -> tuple[str, FileState]:
    return before["path"], FileState.from_json(before["was"])


def _sights(states: Sequence[Wanted]) -> str:
    """What a script may find at the path, as the pattern of its ``case``."""
    return " | ".join(dict.fromkeys(state.sight for state in states))


def _same(was: FileState, now: FileState) -> bool:
    """Everything but the number of links and what names its ids have today."""
    return replace(was, links=1, owner="", group="") == replace(now, links=1, owner="", group="")


def _is_already(was: FileState, wanted: Wanted) -> bool:
    if was.content != wanted.content:
        return False
    if wanted.content is None:
        return True
    whose = was.belongs_to(wanted.owner or None, wanted.group or None)
    return whose and was.octal == wanted.mode and tuple(was.acl) == tuple(wanted.acl)


def _told(state: FileState) -> str:
    return f"{state}, sha256 {state.sha256[:12]}" if state.content is not None else str(state)


def explained(ran: Ran, did: str) -> Result:
    """The plain reading of the end, with the script's own reason where it refused."""
    result = result_of(ran, did)
    if ran.ending.exit_status in {REFUSED, TORN} and ran.text.strip():
        return replace(result, what=one_line(ran.text.strip().splitlines()[-1], 200))
    return result


async def missing(host: Host, folders: Sequence[str]) -> list[str]:
    """Which of these directories are not there, in their order.

    Raises:
        Unseen: The host did not answer.
    """
    tests = [
        f"[ -e {operand(folder)} ] || [ -L {operand(folder)} ] || echo {at}\n" for at, folder in enumerate(folders)
    ]
    if not tests:
        return []
    printed = await read(host, f"{PLAIN}\n{''.join(tests)}exit 0\n", "directories")
    return [folders[int(at)] for at in printed.split()]
