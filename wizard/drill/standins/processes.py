"""What the practice host's processes are: ``setpriv``, and the few looks into /proc that would show this machine's."""

from __future__ import annotations

import re
from pathlib import Path

from wizard.drill.host.access import READ, SEARCH, WRITE
from wizard.drill.host.manager import Manager
from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError

_RIGHTS = {"-r": READ, "-w": WRITE, "-x": SEARCH}
_UID = "/^Uid:/ { print $3 }"
_STATUS = re.compile(r"/proc/(\d+)/status")
_CGROUP = re.compile(r"/proc/(\d+)/cgroup")


async def setpriv(call: Call, host: PracticeHost) -> Reply:
    """``setpriv --reuid=ACCOUNT ... test -r|-w|-x PATH``, by root: what that account may do, as the ledger has it."""
    options = [word for word in call.words if word.startswith("--")]
    rest = call.words[len(options) :]
    who = next((word.partition("=")[2] for word in options if word.startswith("--reuid=")), "")
    match rest:
        case ["test", right, path] if right in _RIGHTS and who and call.uid == 0:
            account = host.accounts.find(who)
            uid = account.uid if account else int(who)
        case _:
            raise UnmodelledError("anything but a test of -r, -w or -x as another account")
    try:
        return Reply(0 if host.ledger.may(uid, call.path(path), _RIGHTS[right]) else 1)
    except OSError:
        return Reply(1)


async def awk(call: Call, host: PracticeHost) -> Reply:
    """The account behind a process, asked of /proc/PID/status as the Redis kinds ask it."""
    match call.words:
        case [program, path] if program == _UID and (found := _STATUS.fullmatch(path)):
            return _uid_of(int(found[1]), host)
    raise UnmodelledError("a look at /proc other than for the Uid of a process")


def _uid_of(pid: int, host: PracticeHost) -> Reply:
    account = host.manager.account
    if pid != host.manager.pid or account is None:
        raise UnmodelledError(f"a look at process {pid}, which is not the unit's")
    return Reply(out=f"{account.uid}\n")


async def grep(call: Call, host: PracticeHost) -> Reply:
    """``grep -F -- TEXT /proc/PID/cgroup...``: the control groups of the unit's processes; all others are elsewhere."""
    match call.words:
        case ["-F", "--", text, *paths] if paths and all(_CGROUP.fullmatch(path) for path in paths):
            pass
        case _:
            raise UnmodelledError("a look at /proc other than for control groups")
    found = [(path, line) for path in paths if text in (line := _cgroup(path, host.manager))]
    out = "".join(f"{f'{path}:' if len(paths) > 1 else ''}{line}\n" for path, line in found)
    return Reply(0 if found else 1, out)


def _cgroup(path: str, manager: Manager) -> str:
    """The line of cgroups(7): the unit's group for its own process and what that has started."""
    found = _CGROUP.fullmatch(path)
    pid = int(found[1]) if found else 0
    own = manager.pid and manager.pid in {pid, _session(pid)}
    return f"0::/system.slice/{manager.name}" if own else "0::/user.slice"


def _session(pid: int) -> int:
    """The session of a process, proc(5) field 6; a unit's process leads its own."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return 0
