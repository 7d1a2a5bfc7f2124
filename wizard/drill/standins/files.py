"""``stat``, ``ls``, ``chown`` and ``chmod``: what the ledger says of a path, and changes to it."""

from __future__ import annotations

import re
import stat as st
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from wizard.drill.host.accounts import ROOT
from wizard.drill.host.ledger import Facts
from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint, options_of

_FIELD = re.compile(r"%(.)")
_SYMBOLIC = re.compile(r"([ugoa]*)([+-])([rwx]+)")
_SHIFTS = {"u": 6, "g": 3, "o": 0}


async def stat(call: Call, host: PracticeHost) -> Reply:
    """``stat [-L] -c FORMAT [--] PATH...``; with -L only of what is no link."""
    options, paths = options_of(call, "L", "c")
    if "c" not in options:
        raise UnmodelledError("it without -c")
    if "L" in options and any(call.path(word).is_symlink() for word in paths):
        raise UnmodelledError("-L of a link")
    return _each(call, paths, lambda path: formatted(options["c"], path, host) + "\n", "cannot statx '{}'")


def formatted(form: str, path: Path, host: PracticeHost) -> str:
    """A format of `stat -c`, filled in.

    Raises:
        OSError: The path cannot be looked at.
        UnmodelledError: A field that is not modelled.
    """
    facts = host.ledger.facts(path)
    real = facts.real
    fields = {
        "f": f"{facts.mode:x}", "a": f"{facts.access.mode:o}", "h": str(real.st_nlink), "s": str(real.st_size),
        "u": str(facts.uid), "g": str(facts.gid), "U": host.accounts.user_name(facts.uid),
        "G": host.accounts.group_name(facts.gid), "n": str(path), "i": str(real.st_ino),
        "d": str(real.st_dev), "F": _kind(facts),
    }  # fmt: skip
    if unknown := [found[1] for found in _FIELD.finditer(form) if found[1] not in fields]:
        raise UnmodelledError(f"the field %{unknown[0]}")
    return _FIELD.sub(lambda found: fields[found[1]], form)


def _kind(facts: Facts) -> str:
    words = {st.S_IFDIR: "directory", st.S_IFLNK: "symbolic link", st.S_IFREG: "regular file"}
    return words.get(facts.kind, "other")


async def ls(call: Call, host: PracticeHost) -> Reply:
    """``ls`` with -l, -a and -d."""
    options, words = options_of(call, "lad")
    if "l" not in options:
        raise UnmodelledError("it without -l")

    def told(path: Path) -> str:
        if "d" in options or not path.is_dir() or path.is_symlink():
            return _long(path, str(path), host)
        inside = sorted(path.iterdir()) if path.is_dir() else []
        shown = [(path, "."), (path.parent, ".."), *((one, one.name) for one in inside)]
        head = f"{path}:\n" if len(words) > 1 else ""
        blocks = sum(one.lstat().st_blocks for one, _ in shown) // 2
        return f"{head}total {blocks}\n" + "".join(_long(one, name, host) for one, name in shown)

    return _each(call, words, told, "cannot access '{}'")


def _long(path: Path, name: str, host: PracticeHost) -> str:
    facts = host.ledger.facts(path)
    plus = "+" if facts.access.extended else ""
    owner, group = host.accounts.user_name(facts.uid), host.accounts.group_name(facts.gid)
    when = time.strftime("%b %e %H:%M", time.localtime(facts.real.st_mtime))
    mode, real = st.filemode(facts.mode), facts.real
    return f"{mode}{plus} {real.st_nlink} {owner} {group} {real.st_size} {when} {name}\n"


async def chown(call: Call, host: PracticeHost) -> Reply:
    """``chown [-h] OWNER[:GROUP] [--] PATH...``, by root alone."""
    _, words = options_of(call, "h")
    whose, *paths = [word for word in words if word != "--"]
    owner, colon, group = whose.partition(":")
    if colon and not group:
        raise UnmodelledError("OWNER: without a group")
    user, team = host.accounts.find(owner), host.accounts.find_group(group)
    try:
        uid = user.uid if user else _number(owner)
        gid = team.gid if team else _number(group)
    except ValueError:
        return complaint(call, f"invalid user or group: '{whose}'")

    def change(path: Path) -> str:
        if call.uid != ROOT:
            raise PermissionError(1, "Operation not permitted")
        host.ledger.own(path, uid, gid)
        return ""

    return _each(call, paths, change, "changing ownership of '{}'")


def _number(name: str) -> int | None:
    """A number needs no account; None where nothing is named."""
    return int(name) if name else None


async def chmod(call: Call, host: PracticeHost) -> Reply:
    """``chmod MODE [--] PATH...``, octal or as in u+rwx."""
    wanted, *paths = [word for word in call.words if word != "--"]

    def change(path: Path) -> str:
        facts = host.ledger.facts(path)
        if call.uid not in {ROOT, facts.uid}:
            raise PermissionError(1, "Operation not permitted")
        host.ledger.chmod(path, _mode(wanted, facts.access.mode))
        return ""

    return _each(call, paths, change, "changing permissions of '{}'")


def _mode(wanted: str, now: int) -> int:
    if re.fullmatch(r"[0-7]{1,5}", wanted):
        return int(wanted, 8) & 0o7777
    found = _SYMBOLIC.fullmatch(wanted)
    if not found:
        raise UnmodelledError(f"the mode {wanted}")
    bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(found[3]))
    who = "ugo" if found[1] in {"", "a"} else found[1]
    mask = 0
    for letter in set(who):
        mask |= bits << _SHIFTS[letter]
    return now | mask if found[2] == "+" else now & ~mask


def _each(call: Call, words: list[str], look: Callable[[Path], str], about: str) -> Reply:
    """What a look at each path gives; one that cannot be looked at is complained of, and the others go on."""
    out, errors = "", list[str]()
    for path, word in _paths(call, words):
        try:
            out += look(path)
        except OSError as problem:
            errors.append(f"{call.name}: {about.format(word)}: {problem.strerror}\n")
    return Reply(1 if errors else 0, out, "".join(errors))


def _paths(call: Call, words: list[str]) -> Iterator[tuple[Path, str]]:
    for word in words:
        yield call.path(word), word


async def ledger(_call: Call, host: PracticeHost) -> Reply:
    """``drill-ledger``: the directories that Redis writes to, and the unit, in a form that can be compared."""
    manager, unit = host.manager, host.manager.loaded
    loaded = [f"{key}={value}" for key, value in sorted(unit.settings.items())] if unit else ["not loaded"]
    account = manager.account.name if manager.account and manager.pid else "nobody"
    state = [f"unit {manager.state.active}, run by {account}, enabled: {manager.state.enabled}"]
    return Reply(out="".join(f"{line}\n" for line in [*host.ledger.listing(), *loaded, *state]))
