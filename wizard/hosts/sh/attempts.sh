# Attempts on a host, from the claim to the end: what a control channel is given beside following.sh. See
# docs/architecture.md for their states.

# wz_ready_spool ID: make the spool where it is missing, refuse one that somebody else could write to or put another in
# the place of, and have a runner.
wz_ready_spool() {
    wz_said=$wz_tmp/spool.said
    if wz_checked_spool >"$wz_said" 2>&1 && : >"$wz_tmp/made" && wz_first_some 2>"$wz_said" && wz_serve 0; then
        wz_frame S "$1"
        wz_forget_old 2>/dev/null
    else
        wz_fail "$1" "$wz_said"
    fi
}

# wz_serve GENERATION: a runner that takes attempts until this channel is gone; it is there before the first one comes, and
# where it was killed, another one, by another name, as what that had taken up is lost.
wz_serve() {
    [ "$wz_launcher" != systemd-run ] || return 0
    wz_name=$wz_id
    if [ "$1" -eq 0 ]; then
        printf '%s\n' "$wz_runner" >"$wz_tmp/runner"
    else
        mkfifo "$wz_tmp/watch.$1" || return
        wz_name=$wz_id.$1
    fi
    printf '%s\n' "$wz_name $wz_mask $wz_locale" "$wz_tmp/watch.$1" >"$wz_tmp/given.$1"
    wz_apart "$wz_tmp/given.$1" 5<"$wz_tmp/jobs"
    echo "$wz_pid $wz_born" >"$wz_tmp/serving.$1"
}

# wz_served: see that the channel has a runner; wz_pid and wz_born name it. Who finds it dead first has another one begin.
# That it has its lock open is seen soonest: a `read` takes a system call for each byte.
wz_served() {
    wz_n=0
    while [ -e "$wz_tmp/serving.$((wz_n + 1))" ]; do wz_n=$((wz_n + 1)); done
    wz_pid=
    [ -s "$wz_tmp/serving.$wz_n" ] && read -r wz_pid wz_born <"$wz_tmp/serving.$wz_n" || return 0
    set -- "./runner.$wz_id.$wz_n"
    [ "$wz_n" -ne 0 ] || set -- "./runner.$wz_id"
    [ "/proc/$wz_pid/fd/9" -ef "$1" ] || wz_alive && return
    set -C # only a file that is not there yet
    printf '' >"$wz_tmp/serving.$((wz_n + 1))"
    set -- $?
    set +C
    wz_pid=
    [ "$1" -ne 0 ] || (set +C && wz_serve $((wz_n + 1)))
}

# wz_apart GIVEN: a shell that outlives this connection and can be interrupted like any other; wz_pid and wz_born name it. It
# reads what is open as 5: in the background 0 is /dev/null.
wz_apart() {
    wz_exec setsid /bin/sh "$wz_tmp/runner" <&5 4<"$1" >/dev/null 2>&1 3>&- 5>&- 7>&- 8>&- &
    wz_pid=$! wz_born=
    wz_there || wz_born=$wz_since
}

wz_exec() {
    if env --default-signal=INT,QUIT true </dev/null; then set -- env --default-signal=INT,QUIT "$@"; fi
    exec "$@"
}

# wz_find KEY: wz_name, the directory of the attempt, and what else the claim says; fails where there is no claim.
wz_find() {
    wz_name='' wz_then_boot='' wz_then_init='' wz_sha=- wz_dir=/nonexistent
    { { read -r wz_name && read -r wz_then_boot && read -r wz_then_init && read -r wz_sha; } \
        <"./$1.claim"; } 2>/dev/null || return 1
    wz_dir=./$wz_name
}

# wz_look: wz_state = what the files of the attempt say, each made once and none taken away. Who makes `taken` has the
# attempt: a runner makes it empty, who cancels gives that name to a file that is not.
wz_look() {
    set -- "$wz_dir"/state.done.*
    wz_state=corrupt
    if [ -e "$1" ]; then
        [ $# -ne 1 ] || [ ! -e "$wz_dir/taken" ] || wz_state=${1##*/state.}
    elif [ -s "$wz_dir/taken" ]; then
        wz_state=cancelled
    elif [ -e "$wz_dir/taken" ]; then
        set -- "$wz_dir"/state.running.*
        [ ! -e "$1" ] || wz_state=running
    elif [ -e "$wz_dir/state.ready" ]; then
        wz_state=ready
    fi
}

# wz_free: does no runner that meant to take it up hold its lock? One that came too late may for a moment. A shared lock,
# let go at once, so that a look never stands in a runner's way. A runner that goes takes the file along, at any moment:
# an `exec` that did not find it would end this shell, and nobody would be answered.
wz_free() {
    for wz_line in "$wz_dir"/state.running.*; do
        set -- "./runner.${wz_line##*/state.running.}"
        flock -s -n 9 9<"$1" || [ ! -e "$1" ] || return
    done
}

# wz_judge KEY: wz_state = absent ready running done.* cancelled lost rebooted corrupt. The order of looks matters:
# a runner may finish between the look at the state and the look at the lock.
wz_judge() {
    wz_state=absent
    if ! wz_find "$1"; then
        [ ! -e "./$1.claim" ] || wz_state=corrupt
        return 0
    fi
    wz_look
    case $wz_state in
    ready | running)
        if [ "$wz_then_boot $wz_then_init" != "$wz_boot $wz_init" ]; then
            wz_state=rebooted
        elif [ "$wz_state" != ready ] && wz_free; then
            wz_look
            [ "$wz_state" != running ] || wz_state=lost
        fi
        ;;
    esac
} 2>/dev/null

# wz_ending ID [TOTAL]: a last line of output that was held back for it, and the frame that says how it stands: state, bytes kept, bytes dropped, the script's checksum.
wz_ending() {
    wz_total=${2:-0} wz_dropped=0
    if [ -z "$2" ] && [ -s "$wz_dir/out" ]; then wz_total=$(($(wc -c <"$wz_dir/out"))); fi
    for wz_line in "$wz_dir"/sink.dropped.*; do
        [ ! -e "$wz_line" ] || wz_dropped=${wz_line##*.}
    done
    set -- "$1" "$wz_state" "$wz_total" "$wz_dropped" "$wz_sha"
    if [ -z "$wz_held" ]; then
        wz_frame E "$@"
    else
        wz_take
        printf '\036%s D %s 0 %s\n%s\n\036%s E %s 0\n' "$wz_nonce" "$1" "$wz_total" "$wz_last" "$wz_nonce" "$*"
        wz_give
    fi
}

wz_status() {
    wz_reach "$1" || return
    wz_judge "$2"
    wz_ending "$1"
}

# wz_some NUMBER...: directories for attempts of these numbers, so that one `mkdir` in eight attempts is paid for.
wz_some() {
    wz_new=
    for wz_n; do wz_new="$wz_new d.$wz_id.$wz_n"; done
    # shellcheck disable=SC2086 # names without blanks
    wz_make $wz_new
    set -- $?
    # Who leaves says so first and takes away then what is unused, maybe too early for these.
    if [ -e "$wz_tmp/left" ] || [ ! -d "$wz_tmp" ]; then wz_unused; fi
    return "$1"
}

# wz_first_some: where there was no room for them, they can be made again once there is.
wz_first_some() {
    wz_some 0 1 2 3 && return
    # shellcheck disable=SC2086 # names without blanks
    rm -rf $wz_new
    return 1
}

# wz_make NAME...: directories of attempts; they mean nothing until they are claimed. The last file says it is complete.
wz_make() {
    mkdir "$@" || return
    wz_fifos=
    for wz_n; do wz_fifos="$wz_fifos $wz_n/pipe"; done
    # shellcheck disable=SC2086 # names without blanks
    mkfifo $wz_fifos || return
    for wz_n; do
        printf '%30s\n' '' >"$wz_n/pid" || return
        for wz_file in out in-time let-live state.ready; do printf '' >"$wz_n/$wz_file" || return; done
    done
}

# wz_unused: what was made ahead and never claimed is taken away. A start may be under way all the same, so who makes
# `meta` has the directory: here a link that leads nowhere, which needs no disk block.
wz_unused() {
    for wz_line in "d.$wz_id".*; do
        { [ -L "$wz_line/meta" ] || { [ ! -e "$wz_line/meta" ] && ln -s unused "$wz_line/meta"; }; } && wz_remove "$wz_line"
    done
} 2>/dev/null

# wz_remove DIRECTORY: of an attempt, with the secrets that it has elsewhere.
wz_remove() {
    [ ! -e "$1/secrets" ] || wz_forget "$1"
    rm -rf "$1"
}

# wz_claim KEY SHA LIMIT GRACE: link(2) is exclusive, so one directory wins and the claim appears complete.
wz_claim() {
    set -C # only a file that is not there yet
    printf '%s\n' "$wz_name" "$wz_boot" "$wz_init" "$2" "$3 $4" >"$wz_dir/meta" || return
    set +C
    ln "$wz_dir/meta" "./$1.claim" && wz_won=yes && return
    wz_remove "$wz_dir"
    [ -e "./$1.claim" ]
}

# wz_still_itself ID: is this still the machine that the client was told of? No process here either.
wz_still_itself() {
    wz_who
    [ "$wz_machine" != "$1" ] || return 0
    echo "another machine answers now: its machine-id is ${wz_machine:-gone} instead of $1. Find out why before anything else is run" >&2
    return 1
}

# wz_still MACHINE LINK TEXT: what must still be so as an attempt is claimed; an empty word asks nothing.
wz_still() { { [ -z "$1" ] || wz_still_itself "$1"; } && { [ -z "$2" ] || wz_still_held "$2" "$3"; }; }

# wz_room KEY: is the spool within its budget, or again so? Where it was not when it was swept, the client's sweeping.py
# wrote the budget down, in KiB. An undo is let through: it mends what is half done.
wz_room() {
    [ -s "$wz_tmp/full" ] || return 0
    case $1 in *.undo[0-9]*.*) return 0 ;; esac
    read -r wz_line <"$wz_tmp/full"
    # shellcheck disable=SC2046 # the size and a dot
    set -- $(du -sk .)
    [ "$1" -gt "$wz_line" ] || { rm -f "$wz_tmp/full" && return; }
    echo "$wz_spool holds $(($1 / 1024)) MiB of attempts, more than $((wz_line / 1024))" >&2
    return 1
}

# wz_pick NUMBER: wz_dir = a directory for an attempt, one made ahead where there is one.
wz_pick() {
    wz_name=d.$wz_id.$1
    [ -e "$wz_name/state.ready" ] || { wz_name=$wz_name.late && wz_make "$wz_name"; }
    wz_dir=./$wz_name
}

# A shell runs its last line although a kill or a cut connection left only half of it: a script could be cut off at any
# of its words, under the name and the checksum of the whole one. So what changes something says last that it is whole.

# wz_start ID KEY NUMBER SHA LIMIT CAP GRACE SLOT APART SCRIPT SECRETS MACHINE LINK HOLD whole: claim and launch, say so,
# and follow to the end.
wz_start() {
    [ "${15}" = whole ] || return
    wz_s=$wz_tmp/$8 wz_dir=/nonexistent wz_sha=$4 wz_state=ready wz_won='' wz_pid=''
    wz_listen
    wz_inside >"$wz_s.said" 2>&1 || { wz_fail "$1" "$wz_s.said" && return; }
    if [ ! -e "./$2.claim" ]; then
        { wz_still "${12}" "${13}" "${14}" && wz_room "$2"; } 2>"$wz_s.said" || { wz_fail "$1" "$wz_s.said" && return; }
        { wz_pick "$3" && printf '%s' "${10}" >"$wz_dir/script" && { [ -z "${11}" ] || wz_hide "${11}"; } &&
            wz_claim "$2" "$4" "$5" "$7"; } 2>"$wz_s.said" || {
            wz_remove "$wz_dir"
            wz_fail "$1" "$wz_s.said"
            return
        }
    fi
    # What somebody else claimed may wait for a runner that is gone, so it is given one of its own.
    if [ -z "$wz_won" ]; then
        wz_judge "$2"
        set -- "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" yes "${11}"
        if [ "$wz_state" = ready ] && [ "$wz_sha" = "$4" ] && [ -n "${10}" ]; then wz_hide "${10}" 2>/dev/null; fi
    fi
    if [ "$wz_state" = ready ]; then
        wz_launch "$2" "$5" "$6" "$7" "$9" 2>"$wz_s.said" || { wz_fail "$1" "$wz_s.said" && return; }
    fi
    wz_frame S "$1" "$wz_sha"
    [ "$wz_sha" != "$4" ] || wz_pull "$1" "$2" 0 look
    wz_ahead "$3" 2>/dev/null
}

# wz_ahead NUMBER: once an attempt has been followed, what later ones need; the first ones are not to wait for it.
wz_ahead() {
    [ "$1" -ne 0 ] || wz_some 4 5 6 7
    [ $(($1 % 8)) -ne 4 ] || wz_some $(($1 + 4)) $(($1 + 5)) $(($1 + 6)) $(($1 + 7)) $(($1 + 8)) $(($1 + 9)) \
        $(($1 + 10)) $(($1 + 11))
}

# wz_launch KEY LIMIT CAP GRACE APART: a runner that outlives this connection takes it up, the one that waits for such or
# one for this attempt alone. A second one does no harm: the start has one winner.
wz_launch() {
    if [ -z "$5" ] && [ "$wz_launcher" != systemd-run ] && wz_served; then
        echo "$wz_name $2 $3 $4 $wz_s.news" >&7
        return
    fi
    [ -p "$wz_dir/watch" ] || mkfifo "$wz_dir/watch" || [ -p "$wz_dir/watch" ] || return
    printf '%s\n' "$wz_name $wz_mask $wz_locale" "$wz_dir/watch" "$wz_name $2 $3 $4" "$wz_s.news" >"$wz_dir/given"
    if [ "$wz_launcher" = systemd-run ]; then
        printf '%s\n' "$wz_runner" >"$wz_dir/runner"
        systemd-run --quiet --collect --unit="incident-wizard-$1-$wz_name" -p KillMode=process \
            -p StandardOutput=null -p StandardError=null --setenv=PATH="$PATH" --setenv=HOME="$HOME" \
            --setenv=LC_ALL=C -- /bin/sh "$wz_spool/$wz_name/runner" "$wz_spool/$wz_name/given" 3>&- 4>&- 7>&- 8>&-
    else
        wz_apart "$wz_dir/given" 5</dev/null
    fi
}

# wz_cancel ID KEY GRACE whole: a tombstone where nothing is claimed, so that a late start finds it; else end it.
wz_cancel() {
    [ "$4" = whole ] || return
    wz_dir=/nonexistent wz_said=$wz_tmp/$1.said
    wz_inside >"$wz_said" 2>&1 || { wz_fail "$1" "$wz_said" && return; }
    if [ ! -e "./$2.claim" ]; then
        wz_name=d.$wz_id.cancel$1 wz_dir=./$wz_name
        { wz_make "$wz_name" && echo cancelled >"$wz_dir/taken" && wz_claim "$2" - 0 "$3"; } 2>"$wz_said" || {
            wz_fail "$1" "$wz_said"
            return
        }
    fi
    wz_judge "$2"
    [ "$wz_state" != ready ] || { ln "$wz_dir/meta" "$wz_dir/taken" 2>/dev/null; wz_judge "$2"; }
    [ "$wz_state" != cancelled ] || [ ! -e "$wz_dir/secrets" ] || wz_forget "$wz_dir"
    [ "$wz_state" != running ] || { wz_kill "$3" 2>/dev/null && wz_judge "$2"; }
    [ "$wz_state" != lost ] || wz_end_left "$3" 2>/dev/null
    wz_ending "$1"
}

# wz_kill GRACE: TERM to the script's session, and KILL after the grace. Only while the runner holds its lock and the
# process is the one that the script began as. Before it has its session it is a shell, which may lose a TERM.
wz_kill() {
    wz_nap=1 wz_idle=0
    until read -r wz_pid wz_born <"$wz_dir/pid" && [ -n "$wz_pid" ] && kill -0 "-$wz_pid"; do
        wz_look
        { [ "$wz_state" = running ] && [ "$wz_idle" -lt $(($1 * 1000)) ]; } || break
        wz_sleep
    done
    { ! wz_free && wz_there; } || return 0
    rm -f "$wz_dir/let-live"
    wz_end "$1" wz_gone
    return 0
}

# wz_end GRACE FUNCTION: TERM, KILL after the grace; the function waits so many seconds for the end.
wz_end() {
    kill -TERM "-$wz_pid" || kill -TERM "$wz_pid"
    "$2" "$1" && return
    kill -KILL "-$wz_pid" || kill -KILL "$wz_pid"
    "$2" 5
}

wz_there() {
    wz_since=
    read -r wz_line <"/proc/$wz_pid/stat" || return
    # shellcheck disable=SC2086 # the fields are wanted one by one
    set -- ${wz_line##*) }
    wz_life=$1 wz_since=${20}
    [ "$wz_since" = "$wz_born" ]
}

# wz_end_left GRACE: end the script whose runner was killed, as long as its first process is there. Nobody holds that
# process id for us any more, so it is known by when it started. wz_state says whether there was something: lost.killed,
# or lost.timeout where it does not end.
wz_end_left() {
    read -r wz_pid wz_born <"$wz_dir/pid" && [ -n "$wz_pid" ] && wz_alive || return 0
    wz_state=lost.killed
    wz_end "$1" wz_vanished || ! wz_alive || wz_state=lost.timeout
}

# Who waits for a child of a killed runner is not known; where nobody does, it stays as a zombie, which does nothing more.
wz_alive() { wz_there && [ "$wz_life" != Z ]; }

# wz_vanished SECONDS: wait until nothing of the script's session is there.
wz_vanished() {
    wz_nap=1 wz_idle=0
    while kill -0 "-$wz_pid" || wz_alive; do
        [ "$wz_idle" -lt $(($1 * 1000)) ] || return 1
        wz_sleep
    done
}

# wz_gone SECONDS: wait until the runner has recorded an end, or is gone itself.
wz_gone() {
    wz_nap=1 wz_idle=0
    while wz_look && [ "$wz_state" = running ] && ! wz_free; do
        [ "$wz_idle" -lt $(($1 * 1000)) ] || return 1
        wz_sleep
    done
}

# wz_sleep: from 1 ms, doubling to 200 ms while nothing happens. wz_idle counts the milliseconds.
wz_sleep() {
    case $wz_nap in ?) sleep "0.00$wz_nap" ;; ??) sleep "0.0$wz_nap" ;; *) sleep "0.$wz_nap" ;; esac || sleep 1
    wz_idle=$((wz_idle + wz_nap))
    wz_nap=$((wz_nap * 2))
    [ "$wz_nap" -le 200 ] || wz_nap=200
}
