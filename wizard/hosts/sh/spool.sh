# Where attempts are kept, and what says that a run may change this host: entered and looked at so that no other account has
# a word in it. What a control channel is given beside attempts.sh.

# wz_enter: a channel whose spool is ready stays in it: what was looked at is then what is used, whatever becomes of the
# names that led there.
wz_enter() { cd -P "$wz_spool" && [ -O . ] && wz_within=yes; } 2>/dev/null

# wz_inside: this job works in the spool, by names without a path; no process where the channel is in it already.
wz_inside() {
    [ -n "$wz_within" ] || { wz_checked_spool && return; } || return
    [ . -ef "$wz_spool" ] && [ -O . ] && return
    echo "$wz_spool is not the directory any more that was looked at: somebody has put another in its place"
    return 1
}

# wz_reach ID: the same for who only asks: where there is no spool, there is no attempt.
wz_reach() {
    if [ -z "$wz_within" ] && [ ! -e "$wz_spool" ]; then
        cd "$wz_tmp"
        return
    fi
    wz_inside >"$wz_tmp/$1.said" 2>&1 && return
    wz_fail "$1" "$wz_tmp/$1.said"
    return 1
}

# wz_checked_spool: enter the spool, made where it is missing. sshd(8) asks the same of what is above authorized_keys
# (StrictModes): whoever can rename a directory on the way can lay another there.
wz_checked_spool() {
    case $wz_spool in /*[!/]) ;; *) echo "$wz_spool is no full path" && return 1 ;; esac
    if [ ! -d "$wz_spool" ]; then
        wz_line=${wz_spool%/*}
        until [ -d "$wz_line/" ]; do wz_line=${wz_line%/*}; done
        wz_line=$(cd -P "$wz_line/" && pwd -P) && wz_sound "${wz_line%/}" || return
        mkdir -p "${wz_spool%/*}/" || return
        mkdir -m 0700 "$wz_spool" || [ -d "$wz_spool" ] || return
    fi
    [ ! -L "$wz_spool" ] || { echo "$wz_spool is a link" && return 1; }
    wz_line=$(cd -P "${wz_spool%/*}/" && pwd -P) || return
    wz_line=${wz_line%/}/${wz_spool##*/}
    [ "$wz_line" = "$wz_spool" ] || wz_sound "${wz_spool%/*}" || return
    wz_sound "$wz_line" own && cd -P "$wz_line" && [ -O . ]
}

# wz_sound PATH [own]: are it and all above it root's or ours, and closed to others but where it is sticky and root's? Who
# has `/` counts as root, as in a namespace where root has another number. With a second word, PATH itself is ours alone.
wz_sound() {
    wz_at=$1 wz_own=$2
    set --
    while [ -n "$wz_at" ]; do
        set -- "$wz_at" "$@"
        wz_at=${wz_at%/*}
    done
    # In the C locale ls tells of a directory ahead of what is in it.
    LC_ALL=C command -p ls -ldn / "$@" | wz_sound_each / "$@"
}

wz_sound_each() {
    wz_root=0
    while [ $# -gt 0 ] && read -r wz_mode wz_n wz_owner wz_group wz_line; do
        [ "$1" != / ] || wz_root=$wz_owner
        if [ "$#$wz_own" = 1own ]; then wz_sound_itself "$1"; else wz_sound_above "$1"; fi || return
        shift
    done
    [ $# -eq 0 ]
}

wz_sound_itself() {
    [ "$wz_owner" = "$wz_me" ] || { echo "$1 belongs to another account (uid $wz_owner)" && return 1; }
    case $wz_mode in d????-??-*) return 0 ;; esac
    echo "$1 can be written by others: it must be a directory of mode 0700"
    return 1
}

wz_sound_above() {
    case $wz_owner in
    0 | "$wz_root") case $wz_mode in d????????[tT]*) return 0 ;; esac ;;
    "$wz_me") : ;;
    *) echo "$1 belongs to another account (uid $wz_owner), which could lay another spool there" && return 1 ;;
    esac
    # What is a link leads to what is looked at as well.
    case $wz_mode in
    l* | d????-??-*) return 0 ;;
    # The bits of the group are the mask of an ACL then, which may name anybody.
    d????w??-*+) : ;;
    d????w??-*) ! wz_only_ours "$wz_group" || return 0 ;;
    esac
    echo "$1 can be written by other accounts, which could lay another spool there"
    return 1
}

# wz_only_ours GID: is it the group that has the login's name, and nobody else in it? Root has none of its own.
wz_only_ours() {
    [ "$wz_me" != 0 ] || return
    wz_n=
    while IFS=: read -r wz_name wz_line wz_gid wz_others; do
        [ "$wz_name $wz_gid" = "$wz_user $1" ] || continue
        case $wz_others in '' | "$wz_user") wz_n=yes ;; esac
    done </etc/group
    while IFS=: read -r wz_name wz_line wz_number wz_gid wz_line; do
        [ "$wz_gid" != "$1" ] || [ "$wz_name" = "$wz_user" ] || wz_n=
    done </etc/passwd
    [ -n "$wz_n" ]
}

# wz_hide TEXT: secrets for the script, in memory where this host has such a place; `secrets` names their file. It is named
# before it is filled, so that none is left that no name leads to.
wz_hide() {
    wz_forget "$wz_dir"
    if wz_file=$(mktemp /dev/shm/wizard.XXXXXXXX 2>/dev/null) && printf '%s\n' "$wz_file" >"$wz_dir/secrets"; then
        printf '%s' "$1" 2>/dev/null >"$wz_file" && return
        rm -f "$wz_file"
    fi
    echo ./hidden >"$wz_dir/secrets" && printf '%s' "$1" >"$wz_dir/hidden"
}

# wz_forget DIRECTORY: the secrets of this attempt. A name that was given up may be another's file by now.
wz_forget() {
    { read -r wz_file <"$1/secrets"; } 2>/dev/null || return 0
    case $wz_file in ./*) wz_file=$1/hidden ;; esac
    [ -L "$wz_file" ] || [ ! -O "$wz_file" ] || rm -f "$wz_file"
    rm -f "$1/secrets"
}

# wz_forget_old: the secrets that no script took up: of attempts that none will, or not within their limit.
wz_forget_old() {
    for wz_line in d.*/secrets; do
        wz_dir=./${wz_line%/*}
        [ -e "$wz_line" ] && { read -r wz_name && read -r wz_name && read -r wz_name && read -r wz_name && read -r wz_limit wz_name; } \
            <"$wz_dir/meta" || continue
        wz_look
        case $wz_state in
        ready) [ -n "$(command -p find "$wz_dir/meta" -mmin "+$((${wz_limit%.*} / 60 + 1))")" ] || continue ;;
        running) wz_free || continue ;;
        esac
        wz_forget "$wz_dir"
    done
}

# wz_counted PLACE NAME: wz_all = the numbers of the holds that count, as root or the login made them, the highest as wz_n;
# with sudo the login is who called it. Any account can lay one there, under any name and with any text. That there is
# none, or one alone that is our own, is seen without a process.
wz_counted() {
    wz_n=0 wz_all=
    set -- "$1" "$2" "$1/$2".*
    if [ $# -eq 3 ] && [ ! -e "$3" ] && [ ! -L "$3" ]; then
        return 0
    elif [ $# -gt 3 ] || [ ! -d "$3" ] || [ -L "$3" ] || [ ! -O "$3" ]; then
        set -- "$1" "$2" "$(command -p find "$1/." ! -name . -prune ! -type f -name "$2.*" \
            \( -user 0 -o -user "$wz_me" -o -user "${SUDO_UID:-$wz_me}" \) 2>/dev/null)"
    fi
    for wz_line in $3; do
        wz_line=${wz_line##*/"$2".}
        case $wz_line in '' | 0* | *[!0-9]* | ??????????*) continue ;; esac
        wz_all="$wz_all $wz_line"
        [ "$wz_line" -le "$wz_n" ] || wz_n=$wz_line
    done
}

# wz_told HOLD: wz_text = what stands in one that counts; nothing where it is only being made, or was left half made.
wz_told() {
    wz_text=somebody
    if [ -L "$1" ]; then
        wz_text=$(readlink "$1")
    elif [ -r "$1" ]; then
        set -- "$1"/*
        wz_text=${1##*/}
        [ "$wz_text" != '*' ] || wz_text=
    fi
}

# wz_still_held HOLD TEXT: where the run holds the host by this, does it still? It must be the very one that the run made, by
# its whole text and its owner, as a number may be used again; and one with a higher number has taken the host over. No
# process, where it is the only one.
wz_still_held() {
    wz_file=$1
    case $wz_file in "$wz_spool"/*) wz_file=./${wz_file##*/} ;; esac
    wz_n=${wz_file##*.}
    if [ ! -L "$wz_file" ] && [ -e "$wz_file/$2" ]; then
        set -- "${wz_file%.*}".*
        [ $# -gt 1 ] || [ ! -O "$wz_file" ] || return 0
        wz_counted "${wz_file%/*}" incident-wizard.held
        case " $wz_all " in *" ${wz_file##*.} "*) [ "$wz_n" -gt "${wz_file##*.}" ] || return 0 ;; esac
    fi
    wz_text=
    [ ! -e "${wz_file%.*}.$wz_n" ] && [ ! -L "${wz_file%.*}.$wz_n" ] || wz_told "${wz_file%.*}.$wz_n"
    echo "the host was taken over by another run (${wz_text:-which has ended})" >&2
    return 1
}
