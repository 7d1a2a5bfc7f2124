"""Becoming root: the password goes out only when sudo asks for it, and nothing else does before root has answered.

With NOPASSWD or a fresh ticket sudo reads no password, and the next reader would take it for a command. So sudo's
prompt is a random word: the password is sent when that word is seen, and the shell is used once it has said another.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from wizard.errors import HostError, HostUnreachable, SudoRefused
from wizard.hosts import waking
from wizard.hosts.transport import Duplex, Transport

PATIENCE = 20.0
"""Seconds for sudo to answer, PAM's delay after a wrong password included."""

PROGRAMS = ("/usr/bin/sudo", "/usr/local/bin/sudo", "/run/wrappers/bin/sudo", "/usr/pkg/bin/sudo", "/opt/bin/sudo")
"""Where sudo is: what a login's own PATH leads to could be a program that keeps the password."""

_NOT_ROOT = "wizard: not root but"

_KEPT = 4000


class _Ear:
    """Listens to one stream for a word."""

    def __init__(self, read: Callable[[], Awaitable[bytes]]) -> None:
        self._read = read
        self.heard = b""

    async def hear(self, word: str) -> bool:
        """True once the word came, False at the end of the stream; what came before it is forgotten."""
        wanted = word.encode("ascii")
        while wanted not in self.heard:
            data = await self._read()
            if not data:
                return False
            self.heard = (self.heard + data)[-_KEPT:]
        self.heard = self.heard.partition(wanted)[2]
        return True

    async def rest(self) -> str:
        """All that comes until the end, fit for a message; in bounded time."""
        with suppress(TimeoutError):
            async with waking.timeout(2.0):
                await self._to_end()
        return self.heard.decode("utf-8", "backslashreplace").strip()

    async def _to_end(self) -> None:
        while data := await self._read():
            self.heard = (self.heard + data)[-_KEPT:]


async def open_root(transport: Transport, password: str | None) -> Duplex:
    """A shell as root.

    Raises:
        SudoRefused: No password where one is wanted, a wrong one, or not allowed.
        HostUnreachable: It ended before sudo had said anything, as where the host goes down meanwhile.
        HostError: As ``Transport.open``.
    """
    prompt, welcome = secrets.token_hex(16), secrets.token_hex(16)
    duplex = await transport.open(command("-n" if password is None else f"-S -p {prompt}", welcome))
    try:
        await _convince(duplex, prompt, welcome, password or "", transport.where)
    except SudoRefused as refusal:
        await duplex.close()
        raise SudoRefused(refusal.what, where=transport.where, mend=refusal.mend) from None
    except BaseException:
        await duplex.close()
        raise
    return duplex


def command(mode: str, welcome: str) -> str:
    """Root stays root; others go through sudo. Readable by fish and tcsh too: single quotes, no exclamation mark.

    Root is named, as `runas_default` of sudoers(5) may name another account, and is asked who it is.
    """
    proven = rf"[ \"\$(id -u)\" = 0 ] || {{ echo {_NOT_ROOT} \$(id) >&2; exit 1; }}; echo {welcome}; exec /bin/sh"
    return (
        f'/bin/sh -c \'if [ "$(id -u)" = 0 ]; then echo {welcome}; exec /bin/sh; fi; LC_ALL=C; export LC_ALL;'
        f' for sudo in {" ".join(PROGRAMS)}; do if [ -x "$sudo" ]; then'
        f' exec "$sudo" {mode} -u root -- /bin/sh -c "{proven}"; fi; done; echo sudo: not found >&2; exit 127\''
    )


async def _convince(duplex: Duplex, prompt: str, welcome: str, password: str, where: str) -> None:
    error = _Ear(duplex.read_error)
    welcomed = asyncio.create_task(_Ear(duplex.read).hear(welcome))
    try:
        if await _asked(welcomed, error, prompt):
            await duplex.write(password.encode() + b"\n")
            if await _asked(welcomed, error, prompt):
                raise SudoRefused("sudo did not take the password", mend="It is tried once: wrong ones lock accounts")
        async with waking.timeout(PATIENCE):
            welcome_heard = await welcomed
        if not welcome_heard:
            raise _refusal(await error.rest(), where)
    except TimeoutError:
        raise SudoRefused(f"sudo did not answer within {PATIENCE:.0f} s", mend="Try `sudo true` there") from None
    finally:
        welcomed.cancel()


async def _asked(welcomed: asyncio.Task[bool], error: _Ear, prompt: str) -> bool:
    """Did sudo prompt, rather than let us in or end?"""
    asked = asyncio.create_task(error.hear(prompt))
    try:
        async with waking.timeout(PATIENCE):
            done, _ = await asyncio.wait({welcomed, asked}, return_when=asyncio.FIRST_COMPLETED)
    except BaseException:
        asked.cancel()
        raise
    if asked in done:
        return asked.result()
    asked.cancel()
    await asyncio.wait({asked})
    return False


_REASONS = {
    "password is required": ("sudo wants a password", "Give one, or a NOPASSWD rule"),
    "terminal is required": ("sudo wants a password", "Give one, or a NOPASSWD rule"),
    "must have a tty": (
        "sudo insists on a terminal (requiretty)",
        "Add `Defaults:USER !requiretty` to sudoers",
    ),
    "not in the sudoers": ("this user may not use sudo", "Ask for `ALL=(root) /bin/sh` in the sudoers file"),
    "not allowed": ("sudo does not allow this user a shell", "Ask for `ALL=(root) /bin/sh` in the sudoers file"),
    "may not run": ("sudo does not allow this user a shell", "Ask for `ALL=(root) /bin/sh` in the sudoers file"),
    "incorrect password": ("sudo did not take the password", "It is tried once: wrong ones lock accounts"),
    "no password was provided": ("sudo did not take the password", "It is tried once: wrong ones lock accounts"),
    "not found": (f"there is no sudo on this host, as {' or '.join(PROGRAMS)}", "Install it, or log in as root"),
}


def _refusal(said: str, where: str) -> HostError:
    if not said:
        return HostUnreachable("the connection ended before sudo had answered", where=where)
    if _NOT_ROOT in said:
        who = said.rpartition(_NOT_ROOT)[2].strip().splitlines()[0]
        return SudoRefused(f"sudo gives a shell that is not root's: {who}", mend="Look at the sudoers file there")
    for words, (what, mend) in _REASONS.items():
        if words in said:
            return SudoRefused(what, mend=mend)
    return SudoRefused(f"sudo refused: {said.splitlines()[-1]}", mend="Try it there")
