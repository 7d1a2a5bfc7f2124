"""The process behind a Redis server: which account it really runs as, and which program it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from wizard.facts.redis_replies import Trouble, unanswered
from wizard.hosts.base import Host

COMM_LENGTH = 15
"""The kernel keeps this many bytes of a program's name (TASK_COMM_LEN, less the final NUL)."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running server. ``user`` is the account's name, or its number where it has none; ``exe`` the program's path."""

    pid: int
    uid: int
    user: str
    exe: str


_READ = """\
pid=%(pid)d
status=/proc/$pid/status
if [ -r "$status" ]; then
  name=$(sed -n 's/^Name:[[:blank:]]*//p' "$status")
  uid=$(awk '/^Uid:/ { print $3 }' "$status")
else
  name=$(ps -o comm= -p "$pid")
  uid=$(ps -o uid= -p "$pid" | tr -d ' ')
fi
user=$(getent passwd "${uid:-none}" | cut -d: -f1)
exe=$(readlink "/proc/$pid/exe")
printf 'name %%s\\nuid %%s\\nuser %%s\\nexe %%s\\n' "$name" "$uid" "$user" "$exe"
"""


async def server_process(host: Host, server: Mapping[str, str]) -> ServerProcess:
    """The process that ``INFO server`` names, as its host sees it.

    Raises:
        RedisUnanswered: It is not there, or another program has that number: the server runs elsewhere.
    """
    pid = int(server.get("process_id", "0"))
    answer = await host.ask(_READ % {"pid": pid})
    seen = dict(line.split(" ", 1) for line in answer.text.split("\n") if " " in line)
    executable = server.get("executable", "")
    if not seen.get("uid", "").isdigit():
        raise unanswered(f"the host shows no process {pid}, which the server says it is", Trouble.ERROR, host.label)
    if not _is_server(seen.get("name", ""), executable):
        what = f"process {pid} of this host is {seen.get('name')}, not the server; it runs in a container or elsewhere"
        raise unanswered(what, Trouble.ERROR, host.label)
    return ServerProcess(pid, int(seen["uid"]), seen["user"] or seen["uid"], seen["exe"] or executable)


def _is_server(name: str, executable: str) -> bool:
    own = PurePosixPath(executable).name[:COMM_LENGTH]
    return name.strip() == own or bool(re.search(r"redis|valkey|keydb", name))
