"""``systemctl`` and ``systemd-analyze``: the unit as the practice host's service manager has it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable

from wizard.drill.host.manager import Manager
from wizard.drill.host.state import PracticeHost
from wizard.drill.host.unitfile import read_unit
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint

_NOT_RUNNING = 3
_NO_SUCH_UNIT = 5
_IGNORED = frozenset({"--no-pager", "--", "--no-legend", "--plain", "--quiet", "--runtime"})


def properties(manager: Manager) -> dict[str, str]:
    """What `systemctl show` knows of the unit, by systemd's own names."""
    unit, state, pid = manager.loaded, manager.state, manager.pid
    told = {
        "Id": manager.name,
        "LoadState": "loaded" if unit else "not-found",
        "ActiveState": state.active,
        "SubState": state.sub,
        "UnitFileState": ("enabled" if state.enabled else "disabled") if unit else "",
        "FragmentPath": str(unit.path) if unit else "",
        "DropInPaths": " ".join(map(str, unit.drop_ins)) if unit else "",
        "NeedDaemonReload": "yes" if manager.needs_reload else "no",
        "MainPID": str(pid),
        "Result": state.result,
        "NRestarts": str(state.restarts),
        "InvocationID": state.invocation,
        "ControlGroup": f"/system.slice/{manager.name}" if pid else "",
    }
    for name in ("Type", "User", "Group", "KillMode", "Restart", "Description"):
        told[name] = unit[name] if unit else ""
    return told


async def systemctl(call: Call, host: PracticeHost) -> Reply:
    """``systemctl`` on the one unit: show, cat, status, start, stop, restart, enable, disable, daemon-reload."""
    words = [word for word in call.words if word not in _IGNORED]
    verb = next((word for word in words if not word.startswith("-")), "")
    if verb == "show":
        return _show(words[1:], host.manager)
    if verb == "list-units":
        return Reply()
    if verb in _VERBS and call.uid == 0:
        if words != [verb] if verb == "daemon-reload" else not _is_unit(words[1:], host.manager):
            return complaint(call, f"Failed to {verb} {' '.join(words[1:])}: Unit not found.", _NO_SUCH_UNIT)
        return await _VERBS[verb](call, host.manager)
    if verb in _READS and _is_unit(words[1:], host.manager):
        return _READS[verb](host)
    raise UnmodelledError(f"the command {verb or 'without a verb'}, or by this account")


def _is_unit(words: list[str], manager: Manager) -> bool:
    return words in ([manager.name], [manager.name.removesuffix(".service")])


def _show(words: list[str], manager: Manager) -> Reply:
    """``show`` with -p or -P and --value."""
    wanted, bare, units = list[str](), False, list[str]()
    rest = iter(words)
    for word in rest:
        if word in {"-p", "-P"}:
            wanted += next(rest, "").split(",")
            bare |= word == "-P"
        elif word == "--value":
            bare = True
        else:
            units.append(word)
    known = properties(manager)
    if missing := [name for name in wanted if name not in known]:
        raise UnmodelledError(f"the property {missing[0]}")
    if not wanted or len(units) != 1:
        raise UnmodelledError("show without -p, or of several units")
    if not _is_unit(units, manager):
        known = dict.fromkeys(known, "") | {"Id": units[0], "LoadState": "not-found", "ActiveState": "inactive"}
        known |= {"SubState": "dead", "Result": "success", "MainPID": "0", "NRestarts": "0", "NeedDaemonReload": "no"}
    return Reply(out="".join(f"{known[name] if bare else f'{name}={known[name]}'}\n" for name in wanted))


def _cat(host: PracticeHost) -> Reply:
    unit = host.manager.loaded
    files = [unit.path, *unit.drop_ins] if unit else []
    return Reply(out="\n".join(f"# {file}\n{file.read_text()}" for file in files))


def _status(host: PracticeHost) -> Reply:
    manager, told = host.manager, properties(host.manager)
    where = f"{told['FragmentPath']}; {told['UnitFileState']}"
    head = f"● {manager.name} - {told['Description']}\n     Loaded: loaded ({where})"
    active = f"     Active: {told['ActiveState']} ({told['SubState']})\n   Main PID: {told['MainPID']}"
    last = "\n".join(line.message for line in host.journal.lines[-10:])
    return Reply(0 if manager.pid else _NOT_RUNNING, f"{head}\n{active}\n\n{last}\n")


async def _start(call: Call, manager: Manager) -> Reply:
    problem = await manager.start()
    return complaint(call, problem) if problem else Reply()


async def _stop(_call: Call, manager: Manager) -> Reply:
    await manager.stop()
    return Reply()


async def _restart(call: Call, manager: Manager) -> Reply:
    await manager.stop()
    return await _start(call, manager)


async def _reload(_call: Call, manager: Manager) -> Reply:
    manager.reload()
    return Reply()


async def _enable(call: Call, manager: Manager) -> Reply:
    manager.state.enabled = "enable" in call.words
    return Reply()


_VERBS: dict[str, Callable[[Call, Manager], Awaitable[Reply]]] = {
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "enable": _enable,
    "disable": _enable,
    "daemon-reload": _reload,
}
_READS: dict[str, Callable[[PracticeHost], Reply]] = {"cat": _cat, "status": _status}


async def analyze(call: Call, host: PracticeHost) -> Reply:
    """``systemd-analyze verify UNIT-FILE``: unknown settings, and a program that is not there."""
    match call.words:
        case ["verify", path]:
            unit = read_unit(call.path(path))
        case _:
            raise UnmodelledError("anything but verify of one file")
    if unit is None:
        return complaint(call, f"Failed to prepare filename {path}: No such file or directory")
    flaws = list(unit.flaws)
    program = unit.command[0] if unit.command else ""
    if not program or not os.access(program, os.X_OK) or shutil.which(program) is None:
        flaws.append(f"{host.manager.name}: Command {program or '(none)'} is not executable")
    return Reply(1 if flaws else 0, err="".join(f"{flaw}\n" for flaw in flaws))
