"""Puts the reported incident into a host: Redis runs as the wrong user and cannot save."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wizard.drill.furnish import UNIT_TEXT

from .lifetime import write
from .machine import UNIT, USER, Hook, Machine, Sudo
from .rootfs import Flavour
from .tools import wait_until

DATA_DIR = "/var/lib/redis-stack"
LOG_DIR = "/var/log/redis-stack"
CONFIG = "/etc/redis-stack.conf"
UNIT_FILE = f"/etc/systemd/system/{UNIT}"
STALE_TEMP = "temp-17297.rdb"
SAVED_KEYS = 1
UNSAVED_KEYS = 10_000
ALL_KEYS = SAVED_KEYS + UNSAVED_KEYS
FIRST_KEY = ("incident:first", "before the failure")
SERVERS: dict[Flavour, str] = {
    "debian": "/usr/bin/redis-server",
    "stack": "/opt/redis-stack/bin/redis-stack-server",
}
DEBIAN_LINKS = {
    "redis-stack-server": "/usr/bin/redis-server",
    "redis-server": "/usr/bin/redis-server",
    "redis-cli": "/usr/bin/redis-cli",
    "redis-check-rdb": "/usr/bin/redis-check-rdb",
    "redis-check-aof": "/usr/bin/redis-check-aof",
}
CONFIG_TEXT = """\
bind 127.0.0.1 172.16.168.23
protected-mode no
port 6379
daemonize no
dir {data}
dbfilename dump.rdb
save 900 1 300 10 60 10000
"""


@contextmanager
def broken_machine(
    flavour: Flavour = "debian",
    *,
    sudo: Sudo = "nopasswd",
    kill_user_processes: bool = False,
    before_boot: Sequence[Hook] = (),
) -> Iterator[Machine]:
    """Boot a host, bring the incident about and hand the host over."""
    hooks = (lambda root: install(root, flavour), *before_boot)
    with Machine(flavour, sudo=sudo, kill_user_processes=kill_user_processes, before_boot=hooks) as machine:
        bring_about(machine)
        yield machine


def install(root: Path, flavour: Flavour) -> None:
    """Put the service as it was before the failure into a stopped host; it is not enabled yet."""
    fields = {"login": USER, "server": SERVERS[flavour], "config": CONFIG, "data": DATA_DIR}
    write(root / UNIT_FILE.lstrip("/"), UNIT_TEXT.format(**fields), 0o644)
    write(root / CONFIG.lstrip("/"), CONFIG_TEXT.format(**fields), 0o644)
    for place in (DATA_DIR, LOG_DIR):
        (root / place.lstrip("/")).mkdir(mode=0o755)
    shutil.chown(root / DATA_DIR.lstrip("/"), 1000, 1000)
    if flavour == "debian":
        _link_stack_paths(root / "opt/redis-stack/bin")


def bring_about(machine: Machine) -> None:
    """Let it really happen: one good save, the directory changes hands, keys, a failed save."""
    machine.check(["systemctl", "start", UNIT])
    machine.wait_redis()
    machine.redis("SET", *FIRST_KEY)
    machine.redis("SAVE")
    _hand_over(machine)
    machine.check(["redis-cli", "--pipe"], stdin=unsaved_keys())
    fail_to_save(machine)
    machine.check(["systemctl", "enable", UNIT])


def fail_to_save(machine: Machine) -> None:
    """Ask for a background save and see it fail."""
    machine.redis("BGSAVE")
    failed = "rdb_last_bgsave_status:err"
    wait_until(failed, lambda: failed in machine.redis("INFO", "persistence"), seconds=20)


def unsaved_keys() -> str:
    """Return the commands that write the keys which exist in memory only, as Redis protocol."""
    return "".join(_encode(command) for number in range(UNSAVED_KEYS) for command in _commands(number))


def _commands(number: int) -> list[list[str]]:
    """Mostly strings, with the other types and expiry times among them."""
    name = f"session:{number:05d}"
    value = f"value-{number:05d}-{number * 7919 % 10007}"
    kinds: dict[int, list[list[str]]] = {
        0: [["HSET", name, "user", value, "count", str(number)]],
        1: [["RPUSH", name, value, "second", "third"]],
        2: [["SADD", name, value, "member-a", "member-b"]],
        3: [["ZADD", name, "1", value, "2.5", "other"]],
        4: [["SET", name, value, "EX", "2592000"]],
    }
    return kinds.get(number % 50, [["SET", name, value]])


def _encode(command: Sequence[str]) -> str:
    parts = "".join(f"${len(part.encode())}\r\n{part}\r\n" for part in command)
    return f"*{len(command)}\r\n{parts}"


def _hand_over(machine: Machine) -> None:
    """Give both directories to redis, as the start script did, and leave the old temp file behind."""
    temp = f"{DATA_DIR}/{STALE_TEMP}"
    machine.check(
        f"head -c 40 {DATA_DIR}/dump.rdb > {temp} && chown {USER}:{USER} {temp} && chmod 0755 {temp}"
        f" && chown redis:redis {DATA_DIR} {LOG_DIR}"
    )


def _link_stack_paths(place: Path) -> None:
    """Let the paths of the customer's unit exist with Debian's Redis too."""
    place.mkdir(parents=True)
    for name, target in DEBIAN_LINKS.items():
        (place / name).symlink_to(target)
