"""Sweeping a host's spool: what is acknowledged and old goes, what nobody claimed goes, and nothing else.

An attempt is acknowledged by an empty file ``KEY.acked`` beside its claim, made once its end is on record in the
journal of a run that has ended. Its output and its script go at that moment, as they may hold secrets and nobody will
ask for them again. The rest, by which it is known to have been done, goes 14 days after that by the host's own clock,
or at once where the spool is beyond its budget. What runs, what is lost, what a reboot cut off, and every attempt of a
run that has not ended stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from wizard.errors import HostError
from wizard.frozen import frozen
from wizard.hosts.base import MEBIBYTE, Host
from wizard.hosts.commands import assigned
from wizard.hosts.numbers import natural

LIMIT = 20.0
"""Seconds that a host has to answer."""

AGE = 14
"""Days for which an acknowledged attempt is kept."""

BUDGET = 512
"""Mebibytes of a spool beyond which nothing new is started there."""

MOST = 200
"""Attempts, and as many directories without one, that are taken away at once: a run is not to wait for long."""

MUCH = 64
"""Mebibytes of output after which a spool is looked at again although it was that day."""

KIBIBYTE = 1024

DAY = 86400

# A kill may cut a line anywhere, so that there is no single quote in here: half of this is no command at all. The wz_
# names are the channel's own. A host's own tools are asked by `command -p`, whatever else its PATH has.
_ACKNOWLEDGE = """\
[ -d "$wz_spool" ] && wz_checked_spool >&2 || exit 0
set --
for claim in "$run".*.claim; do
    key=${claim%.claim}
    case " $dark " in *" $key "*) continue ;; esac
    [ -e "$claim" ] && [ ! -e "$key.acked" ] || continue
    wz_judge "$key"
    case $wz_state in
    done.* | cancelled)
        printf "" >"$key.acked"
        case $wz_name in */*) continue ;; d.*) ;; *) continue ;; esac
        set -- "$@" "$wz_name/out" "$wz_name/end" "$wz_name/rest" "$wz_name/script"
        ;;
    esac
    [ $# -lt 400 ] || { rm -f "$@" && set --; }
done
[ $# -eq 0 ] || rm -f "$@"
[ -z "$much" ] || rm -f swept.*
true
"""

# The claim goes first: without it the rest means nothing, so that a kill in between leaves what the next sweep takes.
# A directory is only taken by who makes its `meta`, as by a start or the end of a channel.
_SWEEP = """\
[ -d "$wz_spool" ] || exit 0
wz_checked_spool >&2 || exit
[ ! -e "swept.$day" ] || exit 0
entries=0 orphans=0
weigh() { set -- $(command -p du -sk .) && total=$1; }
acknowledged() {
    room=$most
    for mark; do
        [ "$room" -gt 0 ] || break
        key=${mark#./} key=${key%.acked}
        case $key in *[!A-Za-z0-9._-]*) continue ;; esac
        wz_judge "$key"
        case $wz_state in
        absent) ;;
        done.* | cancelled)
            case $wz_name in */*) continue ;; d.*) ;; *) continue ;; esac
            rm -f "$key.claim" && wz_remove "$wz_name" && rm -f "runner.$wz_name" || continue
            entries=$((entries + 1)) room=$((room - 1))
            ;;
        *) continue ;;
        esac
        rm -f "$mark"
    done
}
free() {
    for id; do [ ! -e "$id" ] || flock -s -n 9 9<"$id" || return; done
}
unclaimed() {
    room=$most names=
    for claim in *.claim; do
        { read -r name <"$claim"; } 2>/dev/null && names="$names $name"
    done
    for name; do
        [ "$room" -gt 0 ] || break
        name=${name#./} name=${name%/meta}
        case " $names " in *" $name "*) continue ;; esac
        case $name in */*) continue ;; d.*) ;; *) continue ;; esac
        id=${name#d.} id=runner.${id%%.*}
        free "$id" "$id".* || continue
        [ -e "$name/meta" ] || [ -L "$name/meta" ] || ln -s unused "$name/meta" || continue
        wz_remove "$name" && orphans=$((orphans + 1)) room=$((room - 1))
    done
}
channels() {
    set --
    for name in /dev/shm/wizard.*; do
        case $name in "$wz_tmp" | /dev/shm/wizard.*[!A-Za-z0-9_]*) continue ;; esac
        [ -L "$name" ] || [ ! -O "$name" ] || set -- "$@" "$name"
    done
    [ $# -eq 0 ] || set -- $(command -p find "$@" -prune ! -type l -mtime +0 2>/dev/null)
    [ $# -gt 0 ] || return
    used=$(command -p ls -l /proc/[0-9]*/fd 2>/dev/null)
    case $used in *" $wz_tmp/"*) ;; *) return ;; esac
    for name; do
        case $used in *" $name/"*) ;; *) rm -rf "$name" && orphans=$((orphans + 1)) ;; esac
    done
}
marks= metas= bare=
for name in $(command -p find . -name "*.acked" -mtime +$((age - 1)) -o -name meta -links 1 -mtime +0); do
    case $name in */meta) metas="$metas $name" ;; *) marks="$marks $name" ;; esac
done
for name in d.*; do
    case $name in "d.*" | "d.$wz_id".*) continue ;; esac
    [ -e "$name/meta" ] || [ -L "$name/meta" ] || bare="$bare $name"
done
[ -z "$bare" ] || metas="$metas $(command -p find $bare -prune -mtime +0)"
weigh
before=$total
[ -z "$marks" ] || acknowledged $marks
[ -z "${metas# }" ] || unclaimed $metas
channels
[ $((entries + orphans)) -eq 0 ] || weigh
[ "$total" -le "$budget" ] || { acknowledged *.acked && weigh; }
[ ! -e "$wz_tmp/full" ] || rm -f "$wz_tmp/full"
[ "$total" -le "$budget" ] || echo "$budget" >"$wz_tmp/full"
[ "$before" -gt "$total" ] || before=$total
rm -f swept.*
[ -e "$wz_tmp/full" ] || [ "$entries" -ge "$most" ] || printf "" >"swept.$day"
echo "swept $entries $orphans $((before - total)) $total"
"""


@frozen
class Swept:
    """What was taken away.

    Args:
        attempts: Acknowledged attempts.
        leavings: Directories that no attempt has, of the spool and of channels that were killed.
        freed: Bytes that the spool takes less, as far as nobody else filled it meanwhile.
        left: Bytes that it takes still.
    """

    attempts: int = 0
    leavings: int = 0
    freed: int = 0
    left: int = 0

    @property
    def full(self) -> bool:
        """Nothing new is started there."""
        return self.left > BUDGET * MEBIBYTE


async def _today(host: Host) -> int:
    """The day that it is by the host's clock, counted from the epoch."""
    return int((await host.connect()).clock // DAY)


async def swept_today(host: Host) -> str:
    """Shell text for another question: it says ``swept`` where a sweep would find that there was one today.

    Raises:
        HostError: The host cannot be reached.
    """
    return f'[ ! -e "${{wz_spool-}}/swept.{await _today(host)}" ] || echo swept\n'


async def acknowledge(host: Host, run: str, dark: Iterable[str], printed: int = 0) -> None:
    """Mark the attempts of a run that has ended, so that they may go one day.

    Args:
        host: A connected host.
        run: Its id.
        dark: Keys whose end is not on record.
        printed: Bytes of output that it keeps of that run.

    Raises:
        HostError: The link is lost.
    """
    much = "yes" if printed > MUCH * MEBIBYTE else ""
    await host.ask(assigned({"run": run, "dark": dark, "much": much}) + _ACKNOWLEDGE, limit=LIMIT)


async def sweep(host: Host) -> Swept:
    """Take away what is old and acknowledged, or nobody's; a spool that is too full all the same starts nothing new.

    Once a day by the host's clock, as it takes a moment where there is much; any time where it was too full, where not
    all could go at once, or where a run printed much.

    Raises:
        HostError: The link is lost, or the spool is not to be trusted.
    """
    words = {"age": AGE, "most": MOST, "budget": BUDGET * MEBIBYTE // KIBIBYTE, "day": await _today(host)}
    said = await host.ask(assigned(words) + _SWEEP, limit=LIMIT)
    if said.ok and not said.text:
        return Swept()
    try:
        word, *told = said.text.split(" ")
        attempts, leavings, freed, left = (natural(number) for number in told if word == "swept")
    except ValueError as error:
        raise HostError(said.complaint or "the spool could not be swept", where=host.label) from error
    return Swept(attempts, leavings, freed * KIBIBYTE, left * KIBIBYTE)
