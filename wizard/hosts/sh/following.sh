# Following an attempt: its output by offset, its end. The runner, its sink and the clock each write a line into the FIFO
# of who follows; a line says no more than that it is time to look.

# wz_listen: open that FIFO of this slot, at both ends, so that it stays open.
wz_listen() {
    [ -p "$wz_s.news" ] || mkfifo "$wz_s.news"
    exec 4<>"$wz_s.news"
}

# wz_await: wz_word = what there is to be told: `look`, or `tick` where there was nothing for a while.
wz_await() {
    echo wait >"$wz_s.on"
    wz_wind
    read -r wz_word <&4
    if [ "$wz_word" = tick ]; then wz_ticks=$((wz_ticks + 1)); else printf '' >"$wz_s.on"; fi
}

# wz_follow ID KEY OFFSET SLOT
wz_follow() {
    wz_s=$wz_tmp/$4 wz_pid=
    wz_reach "$1" || return
    wz_listen
    wz_pull "$1" "$2" "$3" tick
}

# wz_pull ID KEY OFFSET WORD: state first, then size, then data; without that order the last bytes would be missed. Told
# to look, there is something to be seen; at a tick the runner may be gone.
wz_pull() {
    wz_at=$3 wz_word=$4 wz_ticks=0 wz_over=0 wz_through=-1 wz_held=''
    while [ -d "$wz_tmp" ] && [ ! -e "$wz_tmp/left" ]; do
        if [ "$wz_word" = tick ]; then wz_judge "$2"; else wz_look; fi
        case $wz_state in
        running)
            wz_send "$1"
            wz_await
            ;;
        ready) wz_waiting || break ;;
        done.*) wz_drained "$1" && break ;;
        *)
            wz_send "$1"
            break
            ;;
        esac
    done
    [ ! -d "$wz_tmp" ] || wz_ending "$1" "$wz_at"
} 2>/dev/null

# wz_waiting: a runner should take it up within milliseconds; after five seconds there is none, nor where the one that it was
# given to is seen to be gone.
wz_waiting() { [ "$wz_ticks" -lt 25 ] && { [ "$wz_ticks" -eq 0 ] || [ -z "$wz_pid" ] || wz_alive; } && wz_await; }

# wz_drained ID: has the sink written all? A daemon that keeps the pipe open is not waited for: where the sink sleeps, the
# pipe is empty, and where more came than a pipe holds, what was in it has gone through. Only where neither can be seen, a
# fifth of a second of silence must do, or two seconds without any.
wz_drained() {
    for wz_line in "$wz_dir"/complete "$wz_dir"/sink.dropped.*; do
        [ ! -e "$wz_line" ] || { wz_send "$1" && return; }
    done
    [ "$wz_over" -ne 0 ] || wz_ticks=0
    wz_over=$((wz_over + 1))
    # Told to look, the sink will tell how much there is in a moment: to measure it would take longer.
    if [ "$wz_over$wz_word" = 1look ]; then wz_await && return 1; fi
    wz_watch_sink
    wz_send "$1"
    case $wz_sink in
    asleep) return ;;
    busy)
        [ "$wz_through" -ge 0 ] || wz_through=$wz_at
        [ $((wz_at - wz_through)) -lt 65536 ]
        ;;
    # The first tick may come at once.
    *) [ "$wz_ticks" -lt 2 ] && [ "$wz_over" -lt 12 ] ;;
    esac || return 0
    wz_await
    return 1
}

# wz_watch_sink: wz_sink = asleep or busy; empty where that cannot be seen, or it only counts what is beyond the cap. proc(5):
# a process that waits for a processor, or was stopped, does not sleep. There are two of them: a shell waits for its `dd`.
wz_watch_sink() {
    wz_sink='' wz_n=0
    [ ! -p "$wz_dir/rest" ] || return
    for wz_line in /proc/[0-9]*; do
        # shellcheck disable=SC3013 # every shell has -ef
        [ "$wz_line/fd/0" -ef "$wz_dir/pipe" ] || [ "$wz_line/fd/4" -ef "$wz_dir/pipe" ] || continue
        { read -r wz_line <"$wz_line/stat"; } || continue
        case ${wz_line##*) } in S*) wz_n=$((wz_n + 1)) ;; *) wz_sink=busy && return ;; esac
    done
    [ "$wz_n" -lt 2 ] || wz_sink=asleep
}

# wz_send ID: every byte there is beyond wz_at, a mebibyte a frame.
wz_send() {
    [ -s "$wz_dir/out" ] || return 0
    wz_have=
    [ ! -s "$wz_dir/complete" ] || read -r wz_have <"$wz_dir/complete"
    [ -n "$wz_have" ] || wz_have=$(($(wc -c <"$wz_dir/out")))
    [ "$wz_at" -ne 0 ] || wz_send_line "$1" || :
    while [ "$wz_at" -lt "$wz_have" ]; do
        wz_n=$((wz_have - wz_at)) wz_ticks=0
        [ "$wz_n" -le 1048576 ] || wz_n=1048576
        wz_take
        printf '\036%s D %s %s %s\n' "$wz_nonce" "$1" "$wz_at" "$wz_n"
        wz_bytes_of "$wz_dir/out" "$wz_at" "$wz_n"
        wz_give
        wz_at=$((wz_at + wz_n))
    done
}

# wz_send_line ID: a single line of printable ASCII is what a shell can hold unchanged, and say without a process.
wz_send_line() {
    [ "$wz_have" -le 1000 ] && IFS= read -r wz_line <"$wz_dir/out" && [ $((${#wz_line} + 1)) -eq "$wz_have" ] || return
    case $wz_line in *[!\ -~]*) return 1 ;; esac
    wz_at=$wz_have
    # Where nothing can follow but the end, both are said at once.
    case $wz_state in done.*) [ ! -s "$wz_dir/complete" ] || { wz_held=yes wz_last=$wz_line && return; } ;; esac
    wz_take
    printf '\036%s D %s 0 %s\n%s\n' "$wz_nonce" "$1" "$wz_have" "$wz_line"
    wz_give
}

# wz_bytes_of FILE OFFSET COUNT
wz_bytes_of() {
    if [ "$2" -eq 0 ]; then
        head -c "$3" "$1"
        return
    fi
    case $wz_tools in
    *' dd-bytes '* | *' dd-blocks '*) : ;;
    *)
        wz_has dd-bytes dd if=/dev/null of=/dev/null count=0 iflag=skip_bytes,count_bytes
        wz_tools="${wz_tools}dd-blocks "
        ;;
    esac
    case $wz_tools in
    *' dd-bytes '*) dd if="$1" bs=65536 skip="$2" count="$3" iflag=skip_bytes,count_bytes ;;
    *) tail -c +$(($2 + 1)) "$1" | head -c "$3" ;;
    esac
}
