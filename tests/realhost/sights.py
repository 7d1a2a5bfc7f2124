"""What the kinds see on one host through an incident: told in words that are the same wherever the host is.

Called as ``python -m tests.realhost.sights`` with a `Place` as JSON on standard input; prints the sights as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wizard.errors import WizardError
from wizard.facts.journal import take_mark
from wizard.hosts.base import Host
from wizard.hosts.factory import make_host
from wizard.hosts.world import Mark, World
from wizard.kinds import registry


@dataclass(frozen=True)
class Place:
    """Where a host is and what it has where."""

    ssh: str
    identity: str
    accept: str
    known_hosts: str
    spool: str
    bin_dir: str
    data: str
    logs: str
    unit_file: str
    redis: str
    password: str

    def to_json(self) -> str:
        """For the standard input."""
        return json.dumps(asdict(self))


UNIT = "redis-stack-server"
SERVICE: dict[str, Any] = {"active": "active", "sub": "running", "enabled": "enabled", "result": "success"}
CHECKS: dict[str, tuple[str, dict[str, Any]]] = {
    "owners": ("tree", {"path": "DATA", "owner": "redis", "group": "redis"}),
    "access lists": ("tree", {"path": "DATA", "owner": "redis", "no_acl": True}),
    "owners of logs": ("tree", {"path": "LOGS", "owner": "redis", "group": "redis", "min_entries": 0}),
    "a tree that is not there": ("tree", {"path": "DATA/none", "owner": "redis"}),
    "owner that is not there": ("tree", {"path": "DATA", "owner": "redis-stack"}),
    "snapshot": ("file", {"path": "DATA/dump.rdb", "owner": "redis", "mode": "0644", "min_bytes": 1}),
    "directory": ("file", {"path": "DATA", "owner": "redis", "group": "redis", "mode": "0755", "kind": "directory"}),
    "unit file": ("file", {"path": "UNITFILE", "owner": "root", "mode": "0644", "contains": ["User=autobot"]}),
    "service account": ("user", {"account": "redis", "group": "redis", "login": False}),
    "login account": ("user", {"account": "autobot", "login": True}),
    "missing account": ("user", {"account": "redis-stack", "exists": False}),
    "service": ("service", {"unit": UNIT, **SERVICE, "needs_reload": False, "drop_ins": False, "restarts": 0}),
    "service user": ("service", {"unit": UNIT, "user": "redis", "group": "redis"}),
    "service properties": ("service", {"unit": UNIT, "properties": {"KillMode": "control-group", "Type": "simple"}}),
    "service gone": ("service", {"unit": UNIT, "gone": True}),
    "no such service": ("service", {"unit": "nonesuch", "active": "active"}),
    "denials": ("journal", {"unit": UNIT, "since": "step_start", "lacks": "(?i)permission denied"}),
    "denials since the start": ("journal", {"unit": UNIT, "since": "unit_start", "lacks": "(?i)permission denied"}),
    "journal of no unit": ("journal", {"unit": "nonesuch", "since": "step_start", "lacks": "x"}),
    "run by": ("redis", {"run_as": "redis"}),
    "saves": ("redis", {"save_ok": True}),
    "writes": ("redis", {"writes_accepted": True}),
    "keys": ("redis", {"keys": "10001"}),
    "keys saved": ("redis", {"snapshot": {"path": "DATA/dump.rdb", "keys": "10001"}}),
    "old account may write": ("command", {"command": "setpriv --reuid=autobot --clear-groups test -w DATA"}),
    "new account may write": (
        "command", {"command": "setpriv --reuid=redis --regid=redis --init-groups test -w DATA"},
    ),
    "unit is sound": ("command", {"command": "systemd-analyze verify UNITFILE"}),
    "its own process": (
        "command",
        {
            "command": f"""group=$(systemctl show -p ControlGroup --value -- {UNIT})
pid=$(systemctl show -P MainPID -- {UNIT})
grep -F -- ":${{group:?none}}" /proc/$pid/cgroup >/dev/null""",
        },
    ),
}  # fmt: skip
READINGS = {
    "stat": "stat -c '%a %U %G %F %n' -- DATA DATA/dump.rdb LOGS",
    "find": r"find DATA -xdev -printf '%m %y %p\n' | sort",
    "wrong owner": r"find DATA -xdev \( ! -user redis -o ! -group redis \) -exec echo {} + | tr ' ' '\n' | sort",
    "getfacl": "getfacl -npsE -- DATA DATA/dump.rdb",
    "unit": "systemctl show -p LoadState,ActiveState,SubState,UnitFileState,Result,User,Group,NeedDaemonReload --"
    f" {UNIT} | sort",
    "units": "systemctl list-units --no-legend --plain '*sentinel*'",
    "who": "id -un; id -u; id -gn -- redis; getent passwd redis-stack; echo $?",
}
LOGIN = 'REDISCLI_AUTH=$(cat); export REDISCLI_AUTH; [ -n "$REDISCLI_AUTH" ] || unset REDISCLI_AUTH\n'
ASK = "redis-cli -p PORT"
SETTLED = f"{ASK} BGSAVE; until {ASK} INFO persistence | grep -q bgsave_in_progress:0; do sleep 0.1; done"
UP = f"until {ASK} PING | grep -q PONG; do sleep 0.1; done"
STAGES = {
    "broken": "true",
    "granted": f"setfacl -m u:autobot:rwx -- DATA && {SETTLED}",
    "revoked": "setfacl -x u:autobot -- DATA && setfacl -x m -- DATA",
    "unit edited": "sed -i 's/=autobot/=redis/' UNITFILE",
    "stopped": f"setfacl -m u:autobot:rwx -- DATA && systemctl daemon-reload && systemctl stop -- {UNIT}",
    "handed over": r"find DATA -xdev \( ! -user redis -o ! -group redis \) -exec chown -h redis:redis -- {} +;"
    " setfacl -b -- DATA; chmod 0750 -- DATA",
    "started": f"systemctl start -- {UNIT} && {UP}; {SETTLED}",
}  # fmt: skip
"""What is done to the host one after the other; after each, everything is looked at."""


async def look(place: Place) -> dict[str, Any]:
    """Go through the stages."""
    host = make_host(
        "redis", ssh=place.ssh, identity=place.identity, accept=[place.accept], sudo=True,
        known_hosts=Path(place.known_hosts), path=[place.bin_dir], spool=place.spool,
    )  # fmt: skip
    await host.connect()
    told: dict[str, Any] = {}
    for stage, script in STAGES.items():
        mark = await take_mark(host)
        done = await host.ask(_here(LOGIN + script, place), limit=60, stdin=place.password.encode())
        told[stage] = {"done": done.exit_status, **await _sights(host, place, mark)}
    await host.close()
    return told


async def _sights(host: Host, place: Place, mark: Mark) -> dict[str, str]:
    world = World(host, {"redis": host}, "sights", Path("/dev/null"), {"step_start": {"redis": mark}})
    names = _names((await host.ask("id -u redis; id -g redis; id -u autobot; id -g autobot")).text.split(), place)
    seen = {name: await _check(world, kind, spec, place) for name, (kind, spec) in CHECKS.items()}
    for name, script in READINGS.items():
        answer = await host.ask(_here(script, place))
        seen[name] = f"{answer.exit_status}: {answer.text}"
    return {name: _plain(text, names) for name, text in seen.items()}


async def _check(world: World, kind: str, spec: Mapping[str, Any], place: Place) -> str:
    found = registry().checks[kind]
    given = json.loads(_here(json.dumps(spec), place))
    if kind == "redis":
        given |= {"address": place.redis, "password": place.password or None}
    try:
        seen = await found(found.Spec.model_validate(given), world).observe()
    except WizardError as problem:
        return f"unknown: {problem.what}"
    return f"{seen.outcome}: {seen.observed} {sorted(seen.evidence) if kind == 'tree' else ''}"


def _here(text: str, place: Place) -> str:
    port = place.redis.rpartition(":")[2]
    places = {"DATA": place.data, "LOGS": place.logs, "UNITFILE": place.unit_file, "PORT": port}
    return re.sub(r"\b(DATA|LOGS|UNITFILE|PORT)\b", lambda found: places[found[0]], text)


def _names(ids: list[str], place: Place) -> dict[str, str]:
    """What stands for what differs from host to host."""
    redis, redis_group, login, login_group = ids
    return {
        place.data: "DATA", place.logs: "LOGS", place.unit_file: "UNITFILE", place.redis: "ADDRESS", place.ssh: "HOST",
        f"{redis}:{redis_group}": "redis:redis", f"{login}:{login_group}": "autobot:autobot",
        f"uid {redis}": "uid of redis", f"uid {login}": "uid of autobot", f"user:{login}": "user:autobot",
        f"# owner: {redis}": "# owner: redis", f"# group: {redis_group}": "# group: redis",
    }  # fmt: skip


def _plain(text: str, names: Mapping[str, str]) -> str:
    for own, common in sorted(names.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(own, common)
    text = re.sub(r"main process [1-9]\d*|process \d+", "a process", text)
    text = re.sub(r"still running: .*", "still running", text)
    text = re.sub(r"\d+ (lines|such lines)", r"some \1", text)
    text = re.sub(r"\d\d:\d\d:\d\dZ|temp-\d+\.rdb", "…", text)
    return re.sub(r", shell \S+", "", text)


if __name__ == "__main__":
    json.dump(asyncio.run(look(Place(**json.load(sys.stdin)))), sys.stdout)
