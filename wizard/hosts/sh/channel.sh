# What a host's /bin/sh is given on its standard input, once for each connection. The client then calls one function
# a line. The first lines, made by the client, set: wz_nonce wz_spool wz_path wz_runner.
#
# Fork-free where it can be: a process costs a millisecond. Names start with wz_ because scripts run beside them.

# A token in a FIFO is the lock around frames: taking it blocks without polling and starts no process. Who holds it does
# not die of a pipe that nobody reads any more: all others would wait for ever.
wz_take() {
    trap '' PIPE
    read -r wz_token <&8
}

wz_give() {
    echo >&8
    trap 'exit 129' PIPE
}

# wz_frame TYPE ID FIELD... : a frame without a payload.
wz_frame() {
    wz_take
    printf '\036%s %s 0\n' "$wz_nonce" "$*"
    wz_give
}

# wz_size FD FILE: wz_n = bytes written through FD. proc(5): fdinfo shows the offset all holders of FD share.
wz_size() {
    wz_n=
    { read -r wz_name wz_n <"/proc/self/fdinfo/$1"; } 2>/dev/null
    [ -n "$wz_n" ] || wz_n=$(($(wc -c <"$2")))
}

# wz_fail ID FILE: an error frame with what a command complained of.
wz_fail() {
    wz_n=$(($(wc -c <"$2")))
    [ "$wz_n" -le 4096 ] || wz_n=4096
    wz_take
    printf '\036%s X %s %s\n' "$wz_nonce" "$1" "$wz_n"
    head -c "$wz_n" "$2"
    wz_give
}

wz_ping() { wz_frame P "$1"; }

wz_use() { wz_launcher=$1; }

# wz_hello ID: who this host is, one NAME=VALUE a line.
wz_hello() {
    exec 5>"$wz_tmp/hello"
    wz_say >&5 2>/dev/null
    wz_size 5 "$wz_tmp/hello"
    exec 5>&-
    wz_take
    printf '\036%s H %s %s\n' "$wz_nonce" "$1" "$wz_n"
    while IFS= read -r wz_line; do printf '%s\n' "$wz_line"; done <"$wz_tmp/hello"
    wz_give
}

wz_say() {
    printf '%s=%s\n' machine_id "$wz_machine" boot_id "$wz_boot" init "$wz_init" uid "$wz_uid" spool "$wz_spool"
    printf '%s=%s\n' hostname "$(wz_first /proc/sys/kernel/hostname || uname -n)" user "$wz_user" home "$HOME"
    printf '%s=%s\n' clock "$(date +%s)" tools "$wz_tools"
    wait "$wz_asking"
    printf '%s=%s\n' kill_user_processes "$(wz_first "$wz_tmp/kills")"
}

# org.freedesktop.login1(5): KillUserProcesses ends everything of a session, setsid or not, when it closes.
wz_kills() {
    command -v busctl >/dev/null || return 0
    busctl --timeout=3 get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \
        KillUserProcesses
}

# wz_has NAME COMMAND...: NAME joins wz_tools where COMMAND works.
wz_has() {
    wz_name=$1
    shift
    if "$@" >/dev/null 2>&1 </dev/null; then wz_tools="$wz_tools$wz_name "; fi
}

# What this host has beyond POSIX: names in wz_tools, between blanks. What its tools can do is asked where it matters.
wz_survey() {
    wz_tools=' '
    for wz_tool in flock setsid systemd-run; do wz_has "$wz_tool" command -v "$wz_tool"; done
    [ ! -r /proc/self/stat ] || wz_tools="${wz_tools}proc "
}

wz_first() { { read -r wz_line <"$1"; } 2>/dev/null && printf '%s' "$wz_line"; }

# wz_who: wz_machine = the machine-id as it is now, or empty.
wz_who() {
    for wz_file in /etc/machine-id /var/lib/dbus/machine-id; do
        { read -r wz_machine <"$wz_file"; } 2>/dev/null && return
    done
    wz_machine=
}

# Process 1's start time tells two boots of a container apart: its boot_id is the machine's. proc(5), field 22.
wz_init_start() {
    wz_line=$(wz_first /proc/1/stat) || return 0
    # shellcheck disable=SC2086 # the fields are wanted one by one
    set -- ${wz_line##*) }
    printf '%s' "${20}"
}

wz_setup() {
    wz_mask=$(umask) wz_from=$PWD wz_within=
    PATH=${wz_path:+$wz_path:}${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    wz_locale=C
    if [ -d /usr/lib/locale/C.utf8 ]; then
        wz_locale=C.UTF-8
    else
        case $(locale -a 2>/dev/null) in *C.utf8* | *C.UTF-8*) wz_locale=C.UTF-8 ;; esac
    fi
    LC_ALL=C # our own tools start faster so, and what they say is not translated
    # `uid=1000(name) gid=...`, or without a name. Whose files are ours, proc(5) tells as the kernel has it.
    wz_user=$(id)
    wz_user=${wz_user%% gid=*}
    wz_user=${wz_user#uid=}
    wz_uid=${wz_user%%[!0-9]*}
    wz_user=${wz_user#*\(}
    wz_user=${wz_user%\)}
    wz_me=$wz_uid
    while read -r wz_line wz_n wz_euid wz_rest; do
        [ "$wz_line" != Uid: ] || { wz_me=$wz_euid && break; }
    done 2>/dev/null </proc/self/status
    [ -n "$HOME" ] || HOME=$(cd && pwd)
    export PATH LC_ALL HOME
    umask 077
    wz_tmp=$(mktemp -d /dev/shm/wizard.XXXXXXXX 2>/dev/null || mktemp -d) || exit 70
    wz_kills >"$wz_tmp/kills" 2>/dev/null &
    wz_asking=$!
    trap wz_leave EXIT
    trap 'exit 129' HUP INT TERM PIPE
    mkfifo "$wz_tmp/token" "$wz_tmp/jobs" "$wz_tmp/wake" "$wz_tmp/watch.0" || exit 70
    exec 3<>"$wz_tmp/wake" 7<>"$wz_tmp/jobs" 8<>"$wz_tmp/token"
    wz_give
    wz_clock &
    wz_boot=$(wz_first /proc/sys/kernel/random/boot_id)
    wz_init=$(wz_init_start)
    wz_who
    [ -n "$wz_spool" ] || wz_default_spool
    wz_survey
}

wz_default_spool() {
    wz_spool=$HOME/.local/state/incident-wizard/${wz_machine:-unnamed}/spool
    [ "$wz_uid" != 0 ] || wz_spool=/var/lib/incident-wizard/spool
}

# wz_ask ID SLOT LIMIT CAP SCRIPT STDIN: run SCRIPT, answer with its exit status and both outputs. LIMIT is in fifths of a
# second, STDIN a printf format, or empty: it may hold a password, so its file has no name any more once it is open.
# `tail -c` is the sink: it takes any flood in bounded memory and never stops reading.
wz_ask() {
    wz_s=$wz_tmp/$2
    [ -p "$wz_s.o" ] || mkfifo "$wz_s.o" "$wz_s.e"
    exec 9</dev/null
    # shellcheck disable=SC2059 # the bytes come as a format, so that any byte can be said
    [ -z "$6" ] || { printf "$6" >"$wz_s.in" && exec 9<"$wz_s.in"; }
    [ -z "$6" ] || rm -f "$wz_s.in"
    exec 5>"$wz_s.out" 6>"$wz_s.err"
    tail -c $(($4 + 1)) <"$wz_s.o" >&5 3>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    wz_o=$!
    tail -c $(($4 + 1)) <"$wz_s.e" >&6 3>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    wz_e=$!
    wz_asked "$5" <&9 >"$wz_s.o" 2>"$wz_s.e" 3>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    wz_pid=$!
    exec 9<&-
    echo "$1 $3 $wz_pid $wz_o $wz_e" >"$wz_s.due"
    # Whoever leaves looks for this file after having said so, and finds it; or it is found here that he left.
    if [ -s "$wz_s.due" ] && [ ! -e "$wz_tmp/left" ]; then wz_wind; else wz_overdue /dev/null & fi
    wait "$wz_pid"
    wz_rc=$?
    wait "$wz_o" "$wz_e"
    : >"$wz_s.due"
    wz_answer "$1" "$4"
} 2>/dev/null

# What is asked is asked where the login began, and what makes a frame ours is none of its business.
wz_asked() {
    wz_script=$1
    umask "$wz_mask"
    LC_ALL=$wz_locale
    unset wz_nonce
    [ -z "$wz_within" ] || { cd "$wz_from" || cd "$HOME" || cd /; } 2>/dev/null
    set --
    eval "$wz_script"
}

# The clock of a channel: while anything is awaited, it ends asks that are over their time and has those who follow an
# attempt look again, five times a second. One for all, as each `sleep` is a process. It counts its ticks, as the time
# that a machine was suspended is nobody's fault.
wz_clock() {
    exec 3<"$wz_tmp/wake" 7>&- 8>&-
    while read -r wz_word <&3; do
        echo on >"$wz_tmp/ticking"
        while sleep 0.2 || sleep 1; do
            wz_tick && continue
            : >"$wz_tmp/ticking"
            # Somebody may have begun to wait just before that, and have found the clock going.
            wz_tick || break
            echo on >"$wz_tmp/ticking"
        done
    done
} >/dev/null 2>&1

# wz_wind: see that the clock goes. Who calls this has written down first what is awaited.
wz_wind() { [ -s "$wz_tmp/ticking" ] || echo >&3; }

# wz_tick: fails where nothing is awaited.
wz_tick() {
    wz_awaited=
    for wz_file in "$wz_tmp"/*.due "$wz_tmp"/*.on; do
        [ ! -s "$wz_file" ] || { wz_awaited=yes && wz_remind "$wz_file"; }
    done
    [ -n "$wz_awaited" ]
}

wz_remind() {
    case $1 in
    *.on) : >"$1" && echo tick 1<>"${1%on}news" ;;
    *)
        read -r wz_call wz_limit wz_pid wz_o wz_e <"$1" && wz_late "${1##*/}" || return 0
        : >"$1"
        wz_overdue "${1%due}late" &
        ;;
    esac
}

# wz_late SLOT.due: one more tick for the call of this slot, in variables that bear its number; is it over its limit?
wz_late() {
    set -- "${1%.due}"
    eval "[ \"\$wz_call_$1\" = $wz_call ] || wz_call_$1=$wz_call wz_ticks_$1=0"
    eval "wz_ticks_$1=\$((wz_ticks_$1 + 1)) wz_n=\$wz_ticks_$1"
    [ "$wz_n" -gt "$wz_limit" ]
}

# wz_overdue FILE: end the ask, its children and, should anything still hold the pipes, their readers.
wz_overdue() {
    : >"$1"
    wz_tree "$wz_pid"
    # shellcheck disable=SC2086 # process ids
    kill -TERM $wz_found
    # shellcheck disable=SC2086
    kill -CONT $wz_found
    sleep 1
    # shellcheck disable=SC2086
    kill -KILL $wz_found
    sleep 0.2
    kill "$wz_o" "$wz_e"
}

# wz_leave: nobody is there any more to hear an answer. What was started as an attempt goes on. A job that died while it
# spoke took the token with it, so there is one for each of the others now: who speaks ends of it, and none waits.
wz_leave() {
    trap '' PIPE # whoever would read is gone, which must not end the leaving
    : >"$wz_tmp/left"
    wz_n=64
    while [ "$wz_n" -gt 0 ]; do
        echo
        wz_n=$((wz_n - 1))
    done >&8
    for wz_file in "$wz_tmp"/*.due; do
        [ -s "$wz_file" ] && read -r wz_call wz_limit wz_pid wz_o wz_e <"$wz_file" || continue
        wz_overdue /dev/null &
    done
    for wz_file in "$wz_tmp"/*.news; do [ ! -p "$wz_file" ] || echo look 1<>"$wz_file"; done
    [ ! -e "$wz_tmp/made" ] || { wz_inside && wz_unused; }
    rm -rf "$wz_tmp"
} >/dev/null 2>&1

# wz_tree PID: wz_found = PID and all that descend from it, stopped, so that none begins another meanwhile.
wz_tree() {
    wz_found=$1 wz_new=$1
    while [ -n "$wz_new" ]; do
        # shellcheck disable=SC2086 # process ids
        kill -STOP $wz_new
        wz_parents=" $wz_new " wz_new=
        for wz_line in /proc/[0-9]*; do
            wz_child=${wz_line#/proc/}
            { read -r wz_line <"/proc/$wz_child/stat"; } 2>/dev/null || continue
            wz_line=${wz_line##*) }
            wz_line=${wz_line#* }
            case $wz_parents in *" ${wz_line%% *} "*) wz_new="$wz_new $wz_child" ;; esac
        done
        wz_new=${wz_new# }
        wz_found="$wz_found $wz_new"
    done
}

# wz_answer ID CAP
wz_answer() {
    wz_late=0 wz_cut=0
    [ ! -e "$wz_s.late" ] || wz_late=1
    wz_size 5 "$wz_s.out" && wz_no=$wz_n
    wz_size 6 "$wz_s.err" && wz_ne=$wz_n
    [ "$wz_no" -le "$2" ] || { wz_no=$2 && wz_cut=1; }
    [ "$wz_ne" -le "$2" ] || { wz_ne=$2 && wz_cut=1; }
    wz_take
    printf '\036%s A %s %s %s %s %s %s\n' "$wz_nonce" "$1" "$wz_rc" "$wz_late" "$wz_cut" "$wz_no" $((wz_no + wz_ne))
    [ "$wz_no" -eq 0 ] || tail -c "$wz_no" "$wz_s.out"
    [ "$wz_ne" -eq 0 ] || tail -c "$wz_ne" "$wz_s.err"
    wz_give
}
