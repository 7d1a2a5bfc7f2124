"""A host's syslog: where the head of a run's journal is left for safe keeping, and read back.

A line is ``incident-wizard: RUN NUMBER HEAD``: the run's id, how many events its journal had, and the SHA-256 of the
last one's line. Nobody who can only write the run directory can take it back.
"""

from __future__ import annotations

import re

from wizard.errors import HostError
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.commands import assigned

LIMIT = 5.0
"""Seconds that a host has to take a line."""

READING = 60.0
"""Seconds that it has to look through its logs."""

JOURNALD = "journald"
"""Where lines come from whose writer journald vouches for; other places are files, by their paths."""

# util-linux's logger says that nobody listens only where it is told to; others know no such option (logger(1)).
_LEAVE = """\
said=$(logger --socket-errors=on -t incident-wizard -- "$line" 2>&1) || case $said in
*socket-errors*) logger -t incident-wizard -- "$line" ;;
*) printf "%s\\n" "$said" >&2; false ;;
esac
"""

# journald itself notes whose a line is (systemd.journal-fields(7)): others on the host can write any line, but not as
# this user. A file has only what the writer said.
_FIND = """\
if command -v journalctl >/dev/null; then
    journalctl -q --no-pager -o cat SYSLOG_IDENTIFIER=incident-wizard "_UID=$(id -u)" 2>/dev/null |
        grep -a "^$run [0-9][0-9]* [0-9a-f]*$" | sed "s/^/journald /"
fi
for file in /var/log/syslog.1 /var/log/syslog /var/log/messages.1 /var/log/messages; do
    [ ! -r "$file" ] || grep -a " incident-wizard[^ ]*: $run [0-9][0-9]* [0-9a-f]*$" "$file" |
        sed "s|^.*: $run |$file $run |"
done
true
"""

_LINE = re.compile(r"(\S+) \S+ ([1-9][0-9]{0,11}) ([0-9a-f]{64})")


@frozen
class Kept:
    """A line that was found: the head of the journal as it was when it had ``number`` events.

    Args:
        where: ``JOURNALD``, or the path of a file, in which anybody on the host may have written it.
    """

    number: int
    head: str
    where: str = JOURNALD


async def leave(host: Host, run: str, number: int, head: str) -> str:
    """Leave a head in the host's syslog; returns why that could not be done, empty where it was.

    Raises:
        HostError: The link is lost.
    """
    said = await host.ask(assigned({"line": (run, str(number), head)}) + _LEAVE, limit=LIMIT)
    if said.ok:
        return ""
    return f"no answer within {LIMIT:.0f} s" if said.timed_out else said.complaint or "logger failed"


async def find(host: Host, run: str) -> tuple[Kept, ...]:
    """The heads of a run that the host has, each once a place; none where this login may not read its logs.

    Raises:
        HostError: It cannot be asked, or does not come to an end.
    """
    said = await host.ask(assigned({"run": run}) + _FIND, limit=READING)
    if not said.ok:
        raise HostError(said.complaint or f"its logs were not read within {READING:.0f} s", where=host.label)
    lines = [_LINE.fullmatch(line) for line in said.text.splitlines()]
    return tuple(dict.fromkeys(Kept(int(line[2]), line[3], line[1]) for line in lines if line))
