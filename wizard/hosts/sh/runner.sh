# The runner of one attempt: holds the lock as long as it lives, runs the script, and records how it ended by renaming
# a file, which needs no free disk block. Arguments: DIRECTORY LIMIT CAP GRACE UMASK LOCALE TOOLS.
cd "$1" || exit
dir=$1 limit=$2 cap=$3 grace=$4 mask=$5 locale=$6 tools=$7

# Secrets become the environment of the script alone, and their file is gone before the script runs. A secret may have
# any name, so nothing of ours is read by name after them.
script() {
    exec 9>&-
    umask "$mask"
    LC_ALL=$locale
    set -- "$dir" "$tools"
    if [ -f secrets ]; then
        set -a
        . ./secrets
        set +a
        rm -f secrets
    fi
    cd "$HOME" 2>/dev/null || cd /
    # A shell without job control starts what is in its background deaf to INT and QUIT.
    case $2 in
    *' env-signals '*) exec env --default-signal=INT,QUIT setsid /bin/sh "$1/script" ;;
    *) exec setsid /bin/sh "$1/script" ;;
    esac
}

end() { kill "-$1" "-$pid" || kill "-$1" "$pid"; }

# When the script's process started: proc(5), field 22. It tells a process from a later one with its id.
birth() {
    line=
    read -r line <"/proc/$pid/stat"
    # shellcheck disable=SC2086 # the fields are wanted one by one
    set -- ${line##*) }
    birth=${20}
}

# The sleep is ended by KILL: a TERM that finds it still a shell, between fork and exec, would be lost.
limit() {
    exec 9>&-
    before=$!
    trap '[ "$!" = "$before" ] || kill -KILL "$!"; exit' TERM
    sleep "$limit" &
    birth && born=$birth
    wait $!
    # Where the runner was killed, nobody holds this process id for us any more.
    birth && [ "$birth" = "$born" ] || exit
    rm -f in-time
    end TERM
    sleep "$grace" &
    wait $!
    end KILL
}

# What the script leaves in its session is given the rest of the grace, then killed.
sweep() {
    left=$((grace * 10))
    while kill -0 "-$pid"; do
        [ "$left" -gt 0 ] || { kill -KILL "-$pid" && break; }
        sleep 0.1
        left=$((left - 1))
    done
}

run() {
    script </dev/null 2>&1 &
    pid=$!
    printf '%s \n' "$pid" 1<>pid
    exec >/dev/null
    limit &
    dog=$!
    wait "$pid"
    rc=$? how=
    kill "$dog"
    [ -e let-live ] || how=.killed
    [ -e in-time ] || { rc=124 && how=.timeout; }
    [ -z "$how" ] || sweep
    mv state.running "state.done.$rc$how"
}

# dd writes what it reads at once, where head holds it back; but it counts reads, short ones too, so it is run again
# until the cap is reached. What is beyond, or finds the disk full, is read on and counted: the script's output never
# fails.
sink() {
    exec >>out 9>&-
    left=$cap
    while [ "$left" -gt 0 ]; do
        size=65536
        [ "$left" -ge "$size" ] || size=$left
        reads=$((left / size))
        if ! dd bs="$size" count="$reads" 2>sunk || ! sunk; then break; fi
        left=$((left - bytes))
        [ "$reads_done" -eq "$reads" ] || { : >complete && return; }
    done
    count
    : >complete
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

count() {
    dropped=$(($(wc -c)))
    [ "$dropped" -eq 0 ] || mv sink.open "sink.dropped.$dropped"
}

exec 2>/dev/null 9>>lock
case $tools in
*' flock-wait '*) flock -w 5 9 9>&9 ;;
*) flock -n 9 9>&9 ;;
esac || exit 0
mv state.ready state.running || exit 0
# The lock is run's alone. It is closed by exec inside the others: a redirection where a function is called leaves a
# hidden copy behind in dash and bash, and the runner's death would go unseen.
run | sink &
exec 9>&-
wait
