# Attempts on a host: the second half of what a control channel is given. See docs/architecture.md for their states.

# wz_ready_spool ID: make the spool where it is missing; refuse one that somebody else could write to.
wz_ready_spool() {
    wz_said=$wz_tmp/spool.said
    if wz_checked_spool >"$wz_said" 2>&1; then wz_frame S "$1"; else wz_fail "$1" "$wz_said"; fi
}

wz_checked_spool() {
    [ -d "$wz_spool" ] || mkdir -p "${wz_spool%/*}" || return
    [ -d "$wz_spool" ] || mkdir -m 0700 "$wz_spool" || [ -d "$wz_spool" ] || return
    if [ -L "$wz_spool" ] || [ ! -O "$wz_spool" ]; then
        echo "$wz_spool is a link or belongs to somebody else"
        return 1
    fi
    case $(ls -ld "$wz_spool") in
    d????-??-?*) : ;;
    *) echo "$wz_spool can be written by others: it must be a directory of mode 0700" && return 1 ;;
    esac
}

# wz_find KEY: wz_dir and what the claim says; fails where there is no claim.
wz_find() {
    wz_id_dir='' wz_then_boot='' wz_then_init='' wz_sha=- wz_dir=/nonexistent
    { { read -r wz_id_dir && read -r wz_then_boot && read -r wz_then_init && read -r wz_sha; } \
        <"$wz_spool/$1.claim"; } 2>/dev/null || return 1
    wz_dir=$wz_spool/$1.d.$wz_id_dir
}

# wz_look: wz_state = the name of the one state file, without `state.`. A rename during a look shows none or two; in
# its life an attempt is renamed twice, so one of three looks meets no rename.
wz_look() {
    for wz_try in 1 2 3; do
        set -- "$wz_dir"/state.*
        wz_state=${1##*/state.}
        [ $# -eq 1 ] && [ -e "$1" ] && return
    done
    wz_state=corrupt
}

# wz_free: is nobody holding the lock? A shared lock, let go at once, so that a look never stands in a runner's way.
wz_free() {
    wz_held=0
    exec 7<"$wz_dir/lock" || return 1
    flock -s "$@" 7 7<&7 || wz_held=1
    exec 7<&-
    return "$wz_held"
}

# wz_judge KEY: wz_state = absent ready running done.* cancelled lost rebooted corrupt. The order of looks matters:
# a runner may finish between the look at the state and the look at the lock.
wz_judge() {
    wz_state=absent
    if ! wz_find "$1"; then
        [ ! -e "$wz_spool/$1.claim" ] || wz_state=corrupt
        return 0
    fi
    wz_look
    case $wz_state in
    ready | running)
        if [ "$wz_then_boot $wz_then_init" != "$wz_boot $wz_init" ]; then
            wz_state=rebooted
        elif [ "$wz_state" = running ] && wz_free -n; then
            wz_look
            [ "$wz_state" != running ] || wz_state=lost
        fi
        ;;
    esac
} 2>/dev/null

# wz_ending ID [TOTAL]: the frame that says how it stands: state, bytes kept, bytes dropped, the script's checksum.
wz_ending() {
    wz_total=${2:-0} wz_dropped=0
    if [ -z "$2" ] && [ -s "$wz_dir/out" ]; then wz_total=$(($(wc -c <"$wz_dir/out"))); fi
    for wz_line in "$wz_dir"/sink.dropped.*; do
        [ ! -e "$wz_line" ] || wz_dropped=${wz_line##*.}
    done
    wz_frame E "$1" "$wz_state" "$wz_total" "$wz_dropped" "$wz_sha"
}

wz_status() {
    wz_judge "$2"
    wz_ending "$1"
}

# wz_prepare KEY NONCE SHA STATE: a complete directory; it means nothing until it is claimed.
wz_prepare() {
    wz_dir=$wz_spool/$1.d.$2
    mkdir "$wz_dir" &&
        printf '%s\n' "$2" "$wz_boot" "$wz_init" "$3" >"$wz_dir/meta" &&
        printf '%30s\n' '' >"$wz_dir/pid" && : >"$wz_dir/lock" && : >"$wz_dir/out" && : >"$wz_dir/sink.open" &&
        : >"$wz_dir/in-time" && : >"$wz_dir/let-live" && : >"$wz_dir/state.$4"
}

# wz_claim KEY: link(2) is exclusive, so one directory wins and the claim appears complete.
wz_claim() {
    ln "$wz_dir/meta" "$wz_spool/$1.claim" && return
    [ ! -e "$wz_spool/$1.claim" ] || wz_lost_race=yes
    rm -rf "$wz_dir"
    [ -n "$wz_lost_race" ]
}

# wz_start ID KEY NONCE SHA LIMIT CAP GRACE SCRIPT SECRETS
wz_start() {
    wz_lost_race='' wz_said=$wz_tmp/$1.said
    if [ ! -e "$wz_spool/$2.claim" ]; then
        { wz_prepare "$2" "$3" "$4" ready &&
            printf '%s' "$8" >"$wz_dir/script" &&
            printf '%s\n' "$wz_runner" >"$wz_dir/runner" &&
            { [ -z "$9" ] || printf '%s' "$9" >"$wz_dir/secrets"; } &&
            wz_claim "$2"; } 2>"$wz_said" || {
            rm -rf "$wz_dir"
            wz_fail "$1" "$wz_said"
            return
        }
    fi
    wz_judge "$2"
    if [ "$wz_state" = ready ]; then
        wz_launch "$2" "$5" "$6" "$7" 2>"$wz_said" || { wz_fail "$1" "$wz_said" && return; }
    fi
    wz_frame S "$1" "$wz_sha"
}

# wz_launch KEY LIMIT CAP GRACE: a runner that outlives this connection. A second one does no harm: one wins the lock.
wz_launch() {
    wz_unit=incident-wizard-$1-$wz_id_dir
    set -- "$wz_dir/runner" "$wz_dir" "$2" "$3" "$4" "$wz_mask" "$wz_locale" "$wz_tools"
    if [ "$wz_launcher" = systemd-run ]; then
        systemd-run --quiet --collect --unit="$wz_unit" -p KillMode=process \
            -p StandardOutput=null -p StandardError=null --setenv=PATH="$PATH" --setenv=HOME="$HOME" \
            --setenv=LC_ALL=C -- /bin/sh "$@" 8>&-
    else
        setsid /bin/sh "$@" </dev/null >/dev/null 2>&1 8>&- &
    fi
}

# wz_follow ID KEY OFFSET: state first, then size, then data; without that order the last bytes would be missed.
wz_follow() {
    wz_at=$3 wz_nap=1 wz_idle=0 wz_over=0
    while [ -d "$wz_tmp" ]; do
        wz_judge "$2"
        wz_send "$1"
        case $wz_state in
        running) wz_rest ;;
        ready) wz_waiting || break ;;
        done.*) wz_drained "$1" && break ;;
        *) break ;;
        esac
    done
    [ ! -d "$wz_tmp" ] || wz_ending "$1" "$wz_at"
} 2>/dev/null

# wz_waiting: a runner should lock and start within milliseconds; after five seconds there is none.
wz_waiting() { [ "$wz_idle" -lt 5000 ] && wz_sleep; }

# wz_send ID: every byte there is beyond wz_at, a quarter of a mebibyte a frame.
wz_send() {
    [ -s "$wz_dir/out" ] || return 0
    wz_have=$(($(wc -c <"$wz_dir/out")))
    while [ "$wz_at" -lt "$wz_have" ]; do
        wz_n=$((wz_have - wz_at)) wz_nap=1 wz_idle=0
        [ "$wz_n" -le 262144 ] || wz_n=262144
        wz_take
        printf '\036%s D %s %s %s\n' "$wz_nonce" "$1" "$wz_at" "$wz_n"
        wz_bytes_of "$wz_dir/out" "$wz_at" "$wz_n"
        wz_give
        wz_at=$((wz_at + wz_n))
    done
}

# wz_bytes_of FILE OFFSET COUNT
wz_bytes_of() {
    if [ "$2" -eq 0 ]; then
        head -c "$3" "$1"
        return
    fi
    case $wz_tools in
    *' dd-bytes '*) dd if="$1" bs=65536 skip="$2" count="$3" iflag=skip_bytes,count_bytes ;;
    *) tail -c +$(($2 + 1)) "$1" | head -c "$3" ;;
    esac
}

# wz_sleep: from 1 ms, doubling to 200 ms while nothing happens. wz_idle counts the milliseconds.
wz_sleep() {
    case $wz_nap in ?) sleep "0.00$wz_nap" ;; ??) sleep "0.0$wz_nap" ;; *) sleep "0.$wz_nap" ;; esac || sleep 1
    wz_longer
}

wz_longer() {
    wz_idle=$((wz_idle + wz_nap))
    wz_nap=$((wz_nap * 2))
    [ "$wz_nap" -le 200 ] || wz_nap=200
}

# wz_rest: let a running attempt run. Waiting for its lock ends the moment it does, which polling would not.
wz_rest() {
    case $wz_tools in *' flock-wait '*) : ;; *) wz_sleep && return ;; esac
    [ "$wz_nap" -ge 24 ] || wz_nap=24
    case $wz_nap in ??) wz_free -w "0.0$wz_nap" ;; *) wz_free -w "0.$wz_nap" ;; esac
    wz_longer
}

# wz_drained ID: has the sink written all? A daemon that keeps the pipe open is not waited for: 200 ms of silence do,
# and where it is never silent, two seconds.
wz_drained() {
    for wz_line in "$wz_dir"/complete "$wz_dir"/sink.dropped.*; do
        [ ! -e "$wz_line" ] || { wz_send "$1" && return; }
    done
    [ "$wz_over" -ne 0 ] || wz_nap=1 wz_idle=0
    wz_over=$((wz_over + wz_nap))
    [ "$wz_idle" -lt 200 ] && [ "$wz_over" -lt 2000 ] || return 0
    wz_sleep
    return 1
}

# wz_cancel ID KEY NONCE GRACE: a tombstone where nothing is claimed, so that a late start finds it; else end it.
wz_cancel() {
    wz_lost_race='' wz_said=$wz_tmp/$1.said
    if [ ! -e "$wz_spool/$2.claim" ]; then
        { wz_prepare "$2" "$3" - cancelled && wz_claim "$2"; } 2>"$wz_said" || {
            wz_fail "$1" "$wz_said"
            return
        }
    fi
    wz_judge "$2"
    [ "$wz_state" != ready ] || { mv "$wz_dir/state.ready" "$wz_dir/state.cancelled" 2>/dev/null; wz_judge "$2"; }
    [ "$wz_state" != cancelled ] || rm -f "$wz_dir/secrets"
    [ "$wz_state" != running ] || { wz_kill "$4" 2>/dev/null; wz_judge "$2"; }
    wz_ending "$1"
}

# wz_kill GRACE: TERM to the script's session, and KILL after the grace. Only while the runner holds the lock, so that
# the process id is still its child's.
wz_kill() {
    wz_nap=1 wz_idle=0
    while read -r wz_pid wz_rest <"$wz_dir/pid" && [ -z "$wz_pid" ] && [ "$wz_idle" -lt 2000 ]; do wz_sleep; done
    [ -n "$wz_pid" ] && ! wz_free -n || return 0
    rm -f "$wz_dir/let-live"
    kill -TERM "-$wz_pid" || kill -TERM "$wz_pid"
    wz_gone "$1" && return
    kill -KILL "-$wz_pid" || kill -KILL "$wz_pid"
    wz_gone 5
}

# wz_gone SECONDS: wait until the runner has let go of its lock.
wz_gone() {
    wz_nap=1 wz_idle=0
    until wz_free -n; do
        [ "$wz_idle" -lt $(($1 * 1000)) ] || return 1
        wz_rest
    done
}
