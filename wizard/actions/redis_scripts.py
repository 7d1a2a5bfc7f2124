"""The scripts that change a Redis server: readable, for any sh and any redis-cli from 6.2 on.

Before 7.0 redis-cli exits 0 on an error reply (redis issue 3475), so each reply is compared, never the exit status.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from wizard.checklist.redis_target import RedisTarget
from wizard.facts.redis_cli import client

SECRET = "REDISCLI_AUTH"  # noqa: S105  the name of the variable that redis-cli reads the password from

_SAVE = """\
field() { redis INFO persistence | tr -d '\\r' | sed -n "s/^$1://p"; }
why() { redis INFO persistence | tr -d '\\r' | grep -E '^(loading|rdb_|aof_)'; }
fail() { echo "not saved: $1"; why; exit 1; }
number() { case $1 in ''|*[!0-9]*) fail "the server answered: $1" ;; esac; }
trap 'fail "no proof came before the time limit"' TERM

# LASTSAVE counts whole seconds: the server's clock must move on before a later one proves anything.
began=$(redis TIME | sed -n 1p)
number "$began"
while now=$(redis TIME | sed -n 1p); number "$now"; [ "$now" -le "$began" ]; do sleep 1; done

while reply=$(redis BGSAVE); [ "$reply" != 'Background saving started' ]; do
  case $reply in
    *'already in progress'*|*'child process is active'*) echo "waiting: $reply"; sleep 1 ;;
    *) fail "BGSAVE answered: $reply" ;;
  esac
done

while running=$(field rdb_bgsave_in_progress); number "$running"; [ "$running" -ne 0 ]; do sleep 1; done
status=$(field rdb_last_bgsave_status)
saved=$(redis LASTSAVE)
number "$saved"
[ "$status" = ok ] || fail "the background save ended: $status"
[ "$saved" -gt "$began" ] || fail "LASTSAVE is $saved, no later than $began"
echo "saved: status ok, LASTSAVE $saved is later than $began"
"""

_SETTING = """\
setting() {
  [ "$(redis CONFIG GET "$1" | sed 1d)" != "$2" ] || { echo "$1 is '$2' already"; return; }
  reply=$(redis CONFIG SET "$1" "$2")
  [ "$reply" = OK ] || { echo "CONFIG SET $1 '$2' answered: $reply"; exit 1; }
  echo "$1 is '$2' now"
}
"""

_ONE = """\
reply=$(redis {words})
echo "{words}: $reply"
[ "$reply" = OK ]
"""


def _opening(target: RedisTarget) -> str:
    return f'redis() {{ {client(target)} "$@" </dev/null; }}\n\n'


def save_script(target: RedisTarget) -> str:
    """BGSAVE, and the proof that this very save was written; exits 0 only with it."""
    return _opening(target) + _SAVE


def set_script(target: RedisTarget, settings: Mapping[str, str]) -> str:
    """Each setting to its value, those left alone that have it; stops at the first that is refused."""
    lines = [f"setting {shlex.join([name, value])}\n" for name, value in settings.items()]
    return _opening(target) + _SETTING + "".join(lines)


def pause_script(target: RedisTarget, seconds: float) -> str:
    """Hold all writes for so long; the server itself ends it."""
    return _opening(target) + _ONE.format(words=f"CLIENT PAUSE {round(seconds * 1000)} WRITE")


def resume_script(target: RedisTarget) -> str:
    """Let writes go on; OK too where none were held."""
    return _opening(target) + _ONE.format(words="CLIENT UNPAUSE")
