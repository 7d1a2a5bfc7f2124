"""``getfacl`` and ``setfacl``: access lists of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wizard.drill.host.access import Access, bits_of
from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint, options_of

_KINDS = {
    "u": "user",
    "g": "group",
    "m": "mask",
    "o": "other",
    "user": "user",
    "group": "group",
    "mask": "mask",
    "other": "other",
}


async def getfacl(call: Call, host: PracticeHost) -> Reply:
    """``getfacl -n -p`` with -c, -s and -E."""
    options, words = options_of(call, "cnpsE")
    if not {"n", "p"} <= options.keys():
        raise UnmodelledError("it without -n and -p")
    blocks: list[str] = []
    for word in words:
        try:
            facts = host.ledger.facts(call.path(word))
        except OSError as problem:
            return complaint(call, f"{word}: {problem.strerror}")
        if "s" in options and not facts.access.extended:
            continue
        head = [] if "c" in options else [f"# file: {word}", f"# owner: {facts.uid}", f"# group: {facts.gid}"]
        blocks.append("\n".join([*head, *facts.access.lines(), "", ""]))
    return Reply(out="".join(blocks))


async def setfacl(call: Call, host: PracticeHost) -> Reply:
    """``setfacl`` with one of -m, -x, -b and --set (with -k), by the path's owner or root."""
    change, words = _change(call, host)
    for word in words:
        path = call.path(word)
        try:
            if call.uid not in {0, host.ledger.facts(path).uid}:
                return complaint(call, f"{word}: Operation not permitted")
            change(host.ledger.access(path))
        except OSError as problem:
            return complaint(call, f"{word}: {problem.strerror}")
    host.ledger.obey()
    return Reply()


def _change(call: Call, host: PracticeHost) -> tuple[Callable[[Access], None], Sequence[str]]:
    words = [word for word in call.words if word != "--"]
    match words:
        case ["-b", *paths]:
            return Access.clear, paths
        case ["-m", entries, *paths]:
            return lambda access: _modify(access, entries, host), paths
        case ["-x", "m" | "m::", *paths]:
            return _unmask, paths
        case ["-x", entry, *paths]:
            kind, _, name = entry.partition(":")
            return lambda access: access.revoke((_KINDS[kind], _number(name, host))), paths
        case ["--set", entries, *paths] | ["-k", "--set", entries, *paths]:
            return lambda access: _set(access, entries, host), paths
    raise UnmodelledError("options other than one of -m, -x, -b and --set")


def _unmask(access: Access) -> None:
    if access.named:
        raise PermissionError(22, "Malformed access ACL: a mask is needed where accounts are named")
    access.mask = None


def _modify(access: Access, entries: str, host: PracticeHost) -> None:
    for entry in entries.split(","):
        kind, name, rights = entry.split(":")
        if _KINDS[kind] not in {"user", "group"} or not name:
            raise UnmodelledError(f"-m {entry}: only named users and groups")
        access.grant((_KINDS[kind], _number(name, host)), bits_of(rights))


def _set(access: Access, entries: str, host: PracticeHost) -> None:
    access.clear()
    mask: int | None = None
    for entry in entries.split(","):
        kind, name, rights = entry.split(":")
        which, bits = _KINDS[kind], bits_of(rights)
        if which == "mask":
            mask = bits
        elif name:
            access.named[which, _number(name, host)] = bits
        else:
            setattr(access, {"user": "owner"}.get(which, which), bits)
    if access.named and mask is None:
        access.remask()
    else:
        access.mask = mask


def _number(name: str, host: PracticeHost) -> int:
    if name.isdecimal():
        return int(name)
    found = host.accounts.find(name)
    if found is None:
        raise UnmodelledError(f"an account that is not there: {name}")
    return found.uid
