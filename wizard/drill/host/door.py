"""The door through which stand-ins reach the ledger: a unix socket in a directory that is ours alone."""

from __future__ import annotations

import asyncio
import os
import shlex
from pathlib import Path

from wizard.drill.host.state import PracticeHost
from wizard.drill.standins.call import UNMODELLED, Call, Reply, UnmodelledError
from wizard.drill.standins.table import STANDINS

REFUSED = "unmodelled"
"""The name under which a stand-in that answers nothing passes on what it was asked."""


async def open_door(host: PracticeHost) -> asyncio.Server:
    """Listen for stand-ins."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        *words, _ = map(os.fsdecode, (await reader.read()).split(b"\0"))
        reply = await _answer(words, host)
        out, err = (text.encode("utf-8", "surrogateescape") for text in (reply.out, reply.err))
        writer.write(f"{reply.status} {len(out)}\n".encode() + out + err)
        await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(serve, host.layout.door)


async def _answer(words: list[str], host: PracticeHost) -> Reply:
    uid, search, directory, name, *rest = words
    call = Call(int(uid or -1), search, Path(directory), name, tuple(rest))
    host.ledger.adopt()
    if name not in STANDINS:
        return _refused(call, "any use of it", host)
    try:
        return await STANDINS[name](call, host)
    except (UnmodelledError, LookupError, ValueError, OSError) as problem:
        return _refused(call, str(problem), host)


def _refused(call: Call, what: str, host: PracticeHost) -> Reply:
    """The loud no: seen by the caller, and told again at the drill's end."""
    asked = " ".join(call.words) if call.name == REFUSED else shlex.join([call.name, *call.words])
    line = f"{asked[:500]}: the practice host does not model {what}"
    with host.layout.unmodelled.open("a") as log:
        log.write(line.replace("\n", " ") + "\n")
    return Reply(UNMODELLED, err=f"{line}; see docs/drill.md\n")
