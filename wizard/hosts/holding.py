"""Holding a host: one run at a time changes it, whoever the operators are and wherever they sit.

The hold is a symbolic link that leads nowhere: making one is exclusive, its text is there with it, and reading it opens
nothing that somebody else laid there. It is advisory, lies where every account of the host can see it, and is numbered:
who takes a host over makes the next number, as what another account made cannot be taken away.
"""

from __future__ import annotations

from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.commands import assigned
from wizard.hosts.replies import refusal

LIMIT = 20.0
"""Seconds that a host has to answer."""

NAME = "incident-wizard.held"

LONGEST = 80
"""Characters of a name that the text of a hold has room for: it is the target of a link."""

NOBODY = "-"
"""The text of a hold that was let go of and could not be taken away."""

ANY = "any"
"""Takes a host over from whoever holds it."""

_WORDS = 4

# A kill may cut a line anywhere, so that there is no single quote in here: half of this is no command at all. The place
# is told by the host alone, never by who asks, so that root and a login find the same. Where the spool is not the usual
# one, whoever uses it shares it. wz_spool and wz_checked_spool are the channel's own.
_FIND = """\
place() {
    case "${wz_spool-}" in
    /var/lib/incident-wizard/spool | "$HOME"/.local/state/incident-wizard/*/spool) ;;
    ?*) wz_checked_spool && place=$wz_spool && return ;;
    esac
    for place in /var/tmp /run/lock /tmp; do
        case $(ls -ld "$place/." 2>/dev/null) in drwxrwxrwt*) return ;; esac
    done
    wz_checked_spool && place=$wz_spool
}
newest() {
    number=0 text=
    for one in "$place/$name".*; do
        [ -L "$one" ] || continue
        one=${one##*.}
        case $one in "" | 0* | *[!0-9]* | ??????????*) continue ;; esac
        [ "$one" -le "$number" ] || number=$one
    done
    [ "$number" -eq 0 ] || text=$(readlink "$place/$name.$number") || text="somebody"
}
answer() { printf "%s\\t%s\\t%s\\t%s\\n" "$1" "$number" "$place" "$text"; }
place || exit 3
"""

_HOLD = """\
tries=0
while [ "$tries" -lt 3 ]; do
    newest
    case $text in
    "$run "*)
        answer mine
        break
        ;;
    "" | "-") ;;
    *)
        [ "$over" = any ] || [ "$over" = "$number" ] || { answer held && exit 0; }
        ;;
    esac
    mine=$place/$name.$((number + 1))
    if ln -s "$run $who $machine $since" "$mine" && [ "$(readlink "$mine")" = "$run $who $machine $since" ]; then
        number=$((number + 1))
        answer taken
        break
    fi
    tries=$((tries + 1))
done
[ "$tries" -lt 3 ] || exit 4
"""

_RELEASE = """\
newest
case $text in "$run "*) ;; *) exit 0 ;; esac
left=
for one in "$place/$name".*; do
    [ "$one" = "$place/$name.$number" ] || [ ! -L "$one" ] || rm -f "$one" 2>/dev/null || left=yes
done
if [ -n "$left" ]; then ln -s - "$place/$name.$((number + 1))"; else rm -f "$place/$name.$number"; fi
"""


@frozen
class Holder:
    """Who holds a host: the run, its operator, their machine, and since when. Another's words, not proven."""

    run: str
    who: str = "somebody"
    machine: str = "a machine that is not told"
    since: str = ""

    def __str__(self) -> str:
        since = f" since {self.since}" if self.since else ""
        return f"{self.who} on {self.machine}{since}, run {self.run}"


@frozen
class Hold:
    """What a host said on being asked for it.

    Args:
        mine: It is held for the run that asked.
        number: Which hold this is, counted on the host.
        place: Where on the host it is kept.
        other: Who holds it instead, or held it before it was taken over; None where nobody did.
    """

    mine: bool
    number: int
    place: str
    other: Holder | None = None


async def hold(host: Host, holder: Holder, over: str = "") -> Hold:
    """Hold the host for a run, and guard it so; asked again by the same run it says that it does already.

    Args:
        host: A connected host.
        holder: For whom.
        over: The number of the hold to take over, or ``ANY``; empty takes nothing over.

    Raises:
        HostError: Whether it is held cannot be learnt.
        NoRoom: Nor can it be written down, as its disk is full.
    """
    me = {"run": holder.run, "who": holder.who[:LONGEST], "machine": holder.machine[:LONGEST], "since": holder.since}
    said = await host.ask(assigned({"name": NAME, "over": over, **me}) + _FIND + _HOLD, limit=LIMIT)
    line = said.text.split("\n")[0].split("\t")
    if not said.ok or len(line) != _WORDS or not line[1].isdecimal():
        why = said.complaint or "no answer that could be read"
        raise refusal(f"whether another run holds the host cannot be learnt: {why}", host.label)
    word, number, place, text = line
    other = _holder(text) if text not in {"", NOBODY} and word != "mine" else None
    got = Hold(word != "held", int(number), place, other)
    if got.mine:
        host.guard(f"{place}/{NAME}.{number}")
    return got


async def release(host: Host, run: str) -> None:
    """Let go of the host, where this run holds it.

    Raises:
        HostError: The link is lost.
    """
    host.guard("")
    await host.ask(assigned({"name": NAME, "run": run}) + _FIND + _RELEASE, limit=LIMIT)


def _holder(text: str) -> Holder:
    words = text.split(" ")
    return Holder(*words) if len(words) == _WORDS else Holder("that is not told", text[:LONGEST] or "somebody")
