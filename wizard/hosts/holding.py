"""Holding a host: one run at a time changes it, whoever the operators are and wherever they sit.

A hold is a directory: making one is exclusive, and whose it is can be seen without a process. Its text is the name of
an empty file in it. It is advisory, lies where every account of the host can see it, and is numbered: who takes a
host over makes the next number, as what another account made cannot be taken away. It counts only where root or the
login made it, so that no other account can keep a run off its host. As a number is free again once it was let go of,
each has a random word in its text, and a start compares the whole of it. A symbolic link is read as one too, with its
target as its text: what was let go of and cannot be taken away is followed by such a one, and earlier versions made
them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress

from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.commands import assigned
from wizard.hosts.numbers import natural
from wizard.hosts.replies import no_spool, refusal

_NO_PLACE = 3
"""The exit status where there is no place for a hold but the spool, and that cannot be used."""

LIMIT = 20.0
"""Seconds that a host has to answer."""

NAME = "incident-wizard.held"

LONGEST = 80
"""Characters of a name that the text of a hold has room for: it is the name of a file."""

NOBODY = "-"
"""The text of a hold that was let go of and could not be taken away."""

LAST = 999_999_999
"""The highest number that a hold can have: the host reads no longer one."""

ANY = "any"
"""Takes a host over from whoever holds it."""

_WORDS = 4
"""Of the text of a hold; a random one follows."""

# A kill may cut a line anywhere, so that there is no single quote in here: half of this is no command at all. The
# place is told by the host alone, never by who asks, so that root and a login find the same. Where the spool is not
# the usual one, whoever uses it shares it. The wz_ names are the channel's own; wz_checked_spool enters the spool.
# Numbers that others have laid are passed over, but not one that counts by then. One without a text is only being
# made; who made it looks whether nobody thought it dead meanwhile. A link is made with `-n`, as what another account
# has laid under its name meanwhile may lead to a directory.
_FIND = """\
in_spool() { wz_checked_spool >&2 && place=$wz_spool at=.; }
place() {
    case "${wz_spool-}" in
    /var/lib/incident-wizard/spool | "$HOME"/.local/state/incident-wizard/*/spool) ;;
    ?*) in_spool; return ;;
    esac
    for place in /var/tmp /run/lock /tmp; do
        at=$place
        set -- $(command -p ls -ldn "$place/." 2>/dev/null)
        case "$1 $3" in drwxrwxrwt*" 0") return ;; esac
    done
    in_spool
}
newest() {
    wz_counted "$at" "$name"
    number=$wz_n wz_text=
    [ "$number" -eq 0 ] || wz_told "$at/$name.$number"
    text=$wz_text
}
next() {
    next=$((number + 1))
    while [ -L "$at/$name.$next" ] || [ -e "$at/$name.$next" ]; do next=$((next + 1)); done
    [ "$next" -eq $((number + 1)) ] || { wz_counted "$at" "$name" && [ "$wz_n" -eq "$number" ]; }
}
answer() { printf "%s\\t%s\\t%s\\t%s\\t%s\\n" "$1" "$number" "$place" "$mine" "$text"; }
place || exit 3
"""

_HOLD = """\
tries=0 patience=10
mine="$run $who $machine $since $word"
while [ "$tries" -lt 20 ]; do
    newest
    case $text in
    "$run "*)
        mine=$text
        answer mine
        break
        ;;
    "")
        [ "$number" -eq 0 ] || [ "$patience" -eq 0 ] || { patience=$((patience - 1)) && sleep 0.2 && continue; }
        ;;
    "-") ;;
    *)
        [ "$over" = any ] || [ "$over" = "$number" ] || { answer held && exit 0; }
        ;;
    esac
    if next && mkdir -m 0755 "$at/$name.$next"; then
        if printf "" >"$at/$name.$next/$mine" && wz_counted "$at" "$name" && [ "$wz_n" -eq "$next" ]; then
            number=$next
            answer taken
            break
        fi
        rm -rf "$at/$name.$next"
    fi
    tries=$((tries + 1))
done
[ "$tries" -lt 20 ] || exit 4
"""

_RELEASE = """\
newest
case $text in "$run "*) ;; *) exit 0 ;; esac
left=
for one in $wz_all; do
    [ "$one" = "$number" ] || rm -rf "$at/$name.$one" 2>/dev/null || left=yes
done
next || exit 0
if [ -n "$left" ]; then ln -sn - "$at/$name.$next"; else rm -rf "$at/$name.$number"; fi
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
    words = {"name": NAME, "over": over, "word": secrets.token_hex(8), **me}
    said = await host.ask(assigned(words) + _FIND + _HOLD, limit=LIMIT)
    line = said.text.split("\n")[0].split("\t")
    if said.exit_status == _NO_PLACE:
        raise no_spool(said.complaint, host.label)
    if not said.ok or not _readable(line):
        why = said.complaint or "no answer that could be read"
        raise refusal(f"whether another run holds the host cannot be learnt: {why}", host.label)
    word, number, place, mine, text = line
    other = _holder(text) if text not in {"", NOBODY} and word != "mine" else None
    got = Hold(word != "held", natural(number, LAST), place, other)
    if got.mine:
        host.guard(f"{place}/{NAME}.{number}", mine)
    return got


async def release(host: Host, run: str) -> None:
    """Let go of the host, where this run holds it.

    Raises:
        HostError: The link is lost.
    """
    host.guard("")
    await host.ask(assigned({"name": NAME, "run": run}) + _FIND + _RELEASE, limit=LIMIT)


def _readable(line: Sequence[str]) -> bool:
    """It is an answer as the host's shell gives it: place and text are said to the host again, so no NUL is in them."""
    with suppress(ValueError):
        word, number, place, mine, _ = line
        natural(number, LAST)
        said = place.isprintable() and mine.isprintable()
        return word in {"mine", "taken", "held"} and place.startswith("/") and said
    return False


def _holder(text: str) -> Holder:
    words = text.split(" ")[:_WORDS]
    return Holder(*words) if len(words) == _WORDS else Holder("that is not told", text[:LONGEST] or "somebody")
