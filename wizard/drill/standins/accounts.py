"""``getent`` and ``id``: accounts of the practice host, whatever this machine's own are."""

from __future__ import annotations

from wizard.drill.host.accounts import Account
from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import Call, Reply, UnmodelledError, complaint, options_of

_NOT_FOUND = 2


async def getent(call: Call, host: PracticeHost) -> Reply:
    """``getent passwd|group [--] NAME``."""
    match [word for word in call.words if word != "--"]:
        case ["passwd", name]:
            found = host.accounts.find(name)
            return Reply(out=f"{found.passwd}\n") if found else Reply(_NOT_FOUND)
        case ["group", name]:
            found = host.accounts.find_group(name)
            return Reply(out=f"{found.group}\n") if found else Reply(_NOT_FOUND)
    raise UnmodelledError("only one name of passwd or group")


async def identify(call: Call, host: PracticeHost) -> Reply:
    """``id`` with -u, -g, -G and -n, of the caller or of an account."""
    options, names = options_of(call, "ugGn")
    name = names[0] if names else str(call.uid)
    found = host.accounts.find(name)
    if found is None:
        return complaint(call, f"'{name}': no such user")
    return Reply(out=f"{_told(found, ''.join(sorted(options)))}\n")


def _told(account: Account, asked: str) -> str:
    """Each account is in its own group alone."""
    uid, gid, name = account.uid, account.gid, account.name
    told = {"u": f"{uid}", "nu": name, "g": f"{gid}", "gn": name, "G": f"{gid}", "Gn": name}
    if asked == "":
        return f"uid={uid}({name}) gid={gid}({name}) groups={gid}({name})"
    if asked not in told:
        raise UnmodelledError(f"the options {asked} together")
    return told[asked]
