# The runner: apart from any connection, it takes attempts, runs their scripts, and records how each ended. It holds a lock
# as long as it lives, and what it means to run carries its name. What happened is told by which files there are, never by
# what is in them: a file is there or it is not, wherever the runner is killed, and making one takes no process.
#
# It works from within the spool, by names without a path, so that it stays there whatever becomes of the names above. What
# it is to do stands in no command line, as every account sees these: it is read as descriptor 4, or from the file that is
# the only argument. Lines: NAME UMASK LOCALE, the FIFO for its watch, and of one attempt DIRECTORY LIMIT CAP GRACE and NEWS,
# a FIFO at which somebody waits; without an attempt it reads such, in one line each, until its standard input ends.

# Secrets become the environment of the script alone, and their file is gone before the script runs. A secret may have
# any name, so nothing of ours is read by name after them. Where somebody else lays a file of the name that was given up,
# it is not read. The script is reached by way of the runner, which stands in its directory.
script() {
    exec 5>&- 6>&- 9>&-
    read -r line </proc/self/stat
    born
    printf '%s %s \n' "${line%% *}" "$birth" 1<>pid
    umask "$mask"
    LC_ALL=$locale
    set -- "/proc/$$/cwd/script"
    if [ -f secrets ]; then
        read -r kept <secrets
        set -- "$1" "$kept"
        [ -f "$2" ] && [ ! -L "$2" ] && [ -O "$2" ] || { echo 'The secrets of this step are gone: it was not run.' && exit 78; }
        set -a
        . "$2"
        set +a
        rm -f "$2" secrets
    fi
    cd "$HOME" 2>/dev/null || cd /
    exec setsid /bin/sh "$1"
}

# When the process of the stat in `line` started: proc(5), field 22. It tells a process from a later one with its id.
born() {
    # shellcheck disable=SC2086 # the fields are wanted one by one
    set -- ${line##*) }
    birth=${20}
}

# Is the process that the script began as still there? Before it has its session it is a shell, which may lose a TERM.
there() {
    until read -r pid then <pid && [ -n "$pid" ] && kill -0 "-$pid"; do
        kill -0 $$ && ! ended || return
        sleep 0.1
    done
    read -r line <"/proc/$pid/stat" || return
    born
    [ "$birth" = "$then" ]
}

# Has the attempt of this directory an end on record, or is it gone?
ended() {
    set -- state.done.*
    [ -e "$1" ] || [ ! -e taken ]
}

end() { kill "-$1" "-$pid" || kill "-$1" "$pid"; }

# The watch reads which attempt began and how long it may take, and ends it when that is over; one for all of a runner, as
# each `sleep` is a process. It counts its own naps: time for which the machine was suspended is not the script's. Where
# it is killed, its keeper has another one go on. Only both at once would be missed, and then until the next attempt.
supervise() {
    exec 4<&- 6>&- 9>&-
    exec 5<&0
    cd -P "$up" || exit
    watch <&5 &
    while wait $!; [ $? -gt 128 ]; do
        {
            sleep 1
            left_off
            watch
        } <&5 &
    done
}

watch() {
    exec 4<&- 5<&- 6>&- 9>&-
    while read -r name limit grace; do
        cd -P "./$name" || continue
        guard
        cd -P ..
    done
    return 0
}

# guard: the attempt of this directory gets so much time, and then so much grace.
guard() {
    passes "$limit" && return
    # Where the runner was killed, nobody holds this process id for us any more.
    there || return
    rm -f in-time
    end TERM
    passes "$grace" || { there && end KILL; }
}

# left_off: the attempt that the last watch was killed over gets the rest of its time, by when its script began.
left_off() {
    for name in */"state.running.$me"; do
        cd -P "./${name%/*}" || continue
        ended || { limits && guard; }
        cd -P ..
    done
}

# limits: from the claim, in which limit and grace are its last line.
limits() {
    { read -r line && read -r line && read -r line && read -r line && read -r limit grace; } <meta || return
    since=''
    read -r pid since line <pid
    [ -n "$since" ] || return 0
    read -r line </proc/self/stat && born
    left=$((${limit%.*} - (birth - since) / $(getconf CLK_TCK || echo 100)))
    [ "$left" -ge 0 ] || left=0
    limit=$left
}

# passes SECONDS: does the attempt end before that?
passes() {
    left=${1%.*} part=${1#"${1%.*}"}
    [ -z "$part" ] || sleep "0$part"
    until ended; do
        [ "$left" -gt 0 ] || return 1
        # A runner that was killed records no end; without it and the script there is nothing to be watched.
        kill -0 $$ || there || return 0
        sleep 1
        left=$((left - 1))
    done
}

# What the script leaves in its session is given the rest of the grace, then killed.
sweep() {
    read -r pid line <pid
    left=$((grace * 10))
    while kill -0 "-$pid"; do
        [ "$left" -gt 0 ] || { kill -KILL "-$pid" && break; }
        sleep 0.1
        left=$((left - 1))
    done
}

# Whoever follows the attempt looks again. Opened for both ends, so that nobody needs to be there.
tell() { [ ! -p "$news" ] || echo look 1<>"$news"; }

# supervised: does the keeper of the watch live? Else another one begins, on a FIFO of its own, as the watch may be there still.
supervised() {
    [ "/proc/$keeper/fd/5" -ef "/proc/$$/fd/6" ] && return
    mkfifo again && exec 6<>again && rm -f again || return
    supervise </proc/$$/fd/6 &
    keeper=$!
}

# The script is not put in the background: a shell without job control would make it deaf to INT and QUIT.
run() {
    supervised
    echo "$1 $limit $grace" >&6
    sink &
    exec 4<&-
    (script) </dev/null >&5 2>&1
    rc=$? how=
    exec 5>&-
    [ -e let-live ] || how=.killed
    [ -e in-time ] || { rc=124 && how=.timeout; }
    [ -z "$how" ] || sweep
    # Where a disk has no room for one more file, it has room for another name of one. A runner that cannot record an end
    # is of no more use: without its lock the attempt is seen to be lost.
    printf '' >"state.done.$rc$how" || mv state.ready "state.done.$rc$how" || exit
}

# dd writes what it reads at once, where head holds it back; but it counts reads, short ones too, so it is run again
# until the cap is reached. What is beyond, or finds the disk full, is read on and counted: the script's output never
# fails.
sink() {
    exec <&4 >>out 4<&- 5>&- 6>&- 9>&-
    left=$cap total='' lost=0
    while [ "$left" -gt 0 ]; do
        size=65536
        [ "$left" -ge "$size" ] || size=$left
        reads=$((left / size))
        # How much of what it read last it could not write, dd does not say: one byte at least, so that none is missed
        # in silence.
        dd bs="$size" count="$reads" 2>sunk || { lost=1 && break; }
        sunk || break
        left=$((left - bytes))
        [ "$reads_done" -eq "$reads" ] || { total=$((cap - left)) && break; }
    done
    [ -n "$total" ] || count
    echo "$total" >complete
    tell
}

# What dd said: `12+3 records in`, the same of records out, `123456 bytes ...`, maybe after a warning.
sunk() {
    reads_done='' bytes=''
    while read -r first rest; do
        case $rest in
        'records in') reads_done=$(($first)) ;;
        bytes* | 'byte '*) bytes=$first ;;
        esac
    done <sunk
    [ -n "$bytes" ]
}

# What is left of the output is read on and counted; where it is beyond the cap, its end is kept too, as the reason for an
# end is often there, behind a line that says how much is missing.
count() {
    if [ "$lost" -eq 0 ] && hold_end; then
        rest=$(($(trap '' PIPE; { tee rest; cat; } | wc -c)))
        exec 6>&-
        wait "$!" && kept=$(($(wc -c <end))) || kept=0
        dropped=$((rest - kept))
        [ "$dropped" -eq 0 ] || printf '\n[%s bytes of output are missing here]\n' "$dropped"
        head -c "$kept" end || dropped=$rest
        rm -f rest end
    else
        dropped=$(($(wc -c) + lost))
    fi
    [ "$dropped" -eq 0 ] || mv pipe "sink.dropped.$dropped"
}

# A `tail` holds the last bytes that come through the FIFO `rest` until it is closed. A FIFO waits for nobody who opens it
# where the other end is held already: here for writing, by the `tail` for reading.
hold_end() {
    last=$((cap / 16))
    [ "$last" -le 1048576 ] || last=1048576
    [ "$last" -gt 0 ] && command -v tee && command -v tail && mkfifo rest || return
    exec 7<>rest 8<rest 6>rest 7>&-
    tail -c "$last" <&8 >end 6>&- 8<&- &
    exec 8<&-
} >/dev/null

# Only one can make `taken`: O_EXCL. Who means to run it has said so before, so that it is known whose lock to look at.
take_up() {
    [ ! -e taken ] && printf '' >"state.running.$me" || return
    set -C # only a file that is not there yet
    printf '' >taken
    set -- $?
    set +C
    [ "$1" -eq 0 ] || rm -f "state.running.$me"
    return "$1"
}

# attempt DIRECTORY LIMIT CAP GRACE [FIFO]. A FIFO that is opened at one end alone would wait for the other.
attempt() {
    limit=$2 cap=$3 grace=$4 news=$5
    if cd -P "./$1"; then
        up=..
        if take_up; then
            exec 3<>pipe 4<pipe 5>pipe
            exec 3>&-
            run "$1"
        fi
        cd -P .. && up=.
    fi
    tell
}

# A channel that was killed cleans nothing up. Nobody can claim anything any more: who could holds our standard input open.
# Nor does a runner that was killed, in whose place this one may be: its lock is free.
tidy() {
    rm -rf "${fifo%/*}"
    for name in "d.${me%%.*}".*; do [ -s "$name/meta" ] || rm -rf "$name"; done
    for name in "runner.${me%%.*}" "runner.${me%%.*}".*; do
        [ "$name" = "runner.$me" ] || [ ! -e "$name" ] || { flock -n 8 8<"$name" && rm -f "$name"; }
    done
}

exec 2>/dev/null >/dev/null
if [ $# -gt 0 ]; then
    cd -P "${1%/*}/.." || exit
    exec 4<"$1"
fi
{ read -r me mask locale && IFS= read -r fifo; } <&4 || exit
name=
read -r name limit cap grace <&4 && IFS= read -r news <&4
exec 4<&- 9>>"./runner.$me"
flock -n 9 9>&9 || exit
up=.
trap 'rm -f "$up/runner.$me"' EXIT
exec 6<>"$fifo" 5<"$fifo"
supervise <&5 &
keeper=$!
exec 5<&-
if [ -n "$name" ]; then
    attempt "$name" "$limit" "$cap" "$grace" "$news"
    exit
fi
while read -r name limit cap grace news; do attempt "$name" "$limit" "$cap" "$grace" "$news"; done
tidy
