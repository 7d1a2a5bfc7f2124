# Getting to a path and acting on it where other accounts than root may rename, link and replace what they like.
# A name is followed once. What is done then is done from inside the directory that it led to, or to the file held open.

refuse() {
    printf '%s\n' "$1" >&2
    exit 3
}

# Change to a directory, and learn from the kernel where that is. A shell's own PWD may be what it made of the names
# ahead of the change, as bash's is, and they may have changed meanwhile. The dot keeps newlines at the end of a name.
change() {
    cd -P -- "$1" 2>/dev/null && here=$(env pwd -P && echo .) && here=${here%??}
}

# Enter a directory that is one, not a link to one, in the directory that was entered.
into() {
    from=${here%/}
    change "./$1" && [ "$here" = "$from/$1" ]
}

# Whether names in the working directory are root's or the caller's alone to change: nobody else may write to it.
mine() {
    case $(stat -c '%u %a' .) in
        0\ *[0145][0145] | "$(id -u)"\ *[0145][0145]) ;;
        *) return 1 ;;
    esac
}

# Whether nobody but root and the caller can put anything else anywhere on this directory's path. Root's own directory
# that all share, as /tmp is, lets others not replace what is not theirs.
secure() {
    enter "$1" && mine || return
    while [ "$here" != / ]; do
        change .. || return
        mine && continue
        case $(stat -c '%u %a' .) in
            0\ 1???) ;;
            *) return 1 ;;
        esac
    done
}

# Enter the directory of this path. Links on the way are followed only where nobody else can make them.
enter() {
    case $1 in
        /*) ;;
        *) change . && set -- "${here%/}/$1" ;;
    esac
    if change "$1" && [ "$here" = "$1" ]; then return 0; fi
    change / || return
    rest=$1 hops=0
    while [ -n "$rest" ]; do
        step=${rest%%/*} at=${here%/}
        case $rest in
            */*) rest=${rest#*/} ;;
            *) rest= ;;
        esac
        case $step in
            '' | .) continue ;;
            ..)
                change .. || return
                continue
                ;;
        esac
        if [ -L "./$step" ]; then
            mine || refuse "$at/$step is a symbolic link, and others than root can change it: name what it leads to"
            hops=$((hops + 1))
            [ "$hops" -lt 40 ] || refuse "$1 goes round in a circle"
            to=$(readlink -- "./$step" && echo .) || return
            to=${to%??}
            case $to in
                /*) change / || return ;;
            esac
            rest=$to/$rest
        elif ! into "$step"; then
            stat -- "$at/$step" >/dev/null || return
            refuse "$at/$step was replaced while it was being entered, or cannot be entered"
        fi
    done
}

# Hold what a name in the working directory stands for: $held is good to act on, whatever becomes of the name.
# $kind is f, d, l or o; $why says what is wrong where it fails. A directory that others could replace is entered.
# What is neither file nor directory can be held by its name alone: $fleeting then, and good for chown -h only.
hold() {
    held=./$1 nofollow=-h see=-Lc fleeting= why="it is not there" kind=o
    exec 9</dev/null
    if [ -L "$held" ]; then kind=l see=-c
    elif [ -d "$held" ]; then kind=d
    elif [ -f "$held" ]; then kind=f
    elif [ ! -e "$held" ]; then return 1
    fi
    if ! mine; then
        why="others than root can write to its directory, and replaced it just now"
        case $kind in
            d)
                into "$1" || return
                held=.
                ;;
            f)
                command exec 9<"./$1" || return
                held=/proc/self/fd/0 nofollow=
                [ "$(stat -Lc '%d:%i' -- "$held" <&9)" = "$(stat -c '%d:%i' -- "./$1")" ] || return
                ;;
            *)
                fleeting=yes why="others than root can write to its directory, and fs.protected_hardlinks is off"
                [ "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)" = 1 ]
                return
                ;;
        esac
    fi
    why="it has other names (hard links), and would be changed under each"
    [ "$kind" != f ] || [ "$(act stat -Lc %h --)" = 1 ]
}

# Run a command on what is held. A shell may keep descriptors from its programs, so it is given as their input.
act() {
    "$@" "$held" <&9
}

# Make a directory that is the caller's alone in the working directory, and enter it: ./NAME is made in there, nobody
# else can replace it, and `mv ./NAME ..` puts it where it belongs. What an earlier one left is removed: the first
# argument begins its name, the second is the NAME.
private() {
    for old in ./"$1".*; do
        if [ -d "$old" ] && [ ! -L "$old" ] && [ -O "$old" ]; then
            (into "${old#./}" && alone && left_private "${old##*.}" "$2" && clear_private "$2") && rmdir -- "$old" || :
        fi
    done
    room=$(mktemp -d "./$1.XXXXXX") || refuse "no directory can be made in $here"
    room=${room##*/} made=$2
    trap 'leave_private' EXIT
    if ! into "$room" || ! alone || ! empty; then
        # Nothing in there is ours to clear.
        old=$room room=
        refuse "$old was replaced while it was being entered"
    fi
    : >"./.wizard-room-${room##*.}"
    bare u::rwx,g::-,o::-
}

# Whether the working directory is what a private one with these letters leaves: its mark, and nothing that is not of a
# kind with what is made in there; or nothing at all.
left_private() {
    empty && return
    [ -f "./.wizard-room-$1" ] && [ ! -L "./.wizard-room-$1" ] && [ -O "./.wizard-room-$1" ] || return
    for entry in ./* ./.[!.]* ./..?*; do
        case $entry in
            "./.wizard-room-$1" | ./.wizard-umask | "./$2" | "./$2.was" | "./$2.kept-"*) ;;
            *) ! [ -e "$entry" ] && ! [ -L "$entry" ] || return ;;
        esac
    done
}

# Whether nothing is in the working directory: it may be another one that was moved to the name of one just made.
empty() {
    for entry in ./* ./.[!.]* ./..?*; do
        if [ -e "$entry" ] || [ -L "$entry" ]; then return 1; fi
    done
}

# Leave the working directory, just made and empty, no other ACL than this one, which says what its mode says. Whoever has
# the directory above can have laid down another there for all that is made below it, and a chmod here would let in whom
# it names. It takes the place of the umask as well: where setfacl is missing, it is seen by that.
bare() {
    if command -v setfacl >/dev/null 2>&1 && setfacl -k --set "$1" -- . 2>/dev/null; then return 0; fi
    [ "$(made_under 0)" != "$(made_under 777)" ] ||
        refuse "$here has an ACL of the directory above, and setfacl, which would remove it, is missing or failed"
}

# The mode that a directory gets under this umask.
made_under() {
    (umask "$1" && mkdir ./.wizard-umask) && stat -c %a ./.wizard-umask
    rmdir ./.wizard-umask
}

# Whether the working directory is the caller's, and closed to all others.
alone() {
    [ -O . ] || return
    case $(stat -c %a .) in
        *700) ;;
        *) return 1 ;;
    esac
}

clear_private() {
    rm -f -- "./$1" "./$1".was "./$1".kept-*
    [ ! -d ./.wizard-umask ] || rmdir ./.wizard-umask
    rm -f -- ./.wizard-room-??????
}

leave_private() {
    [ "${here##*/}" = "$room" ] || return 0
    clear_private "$made"
    change .. && rmdir -- "./$room" 2>/dev/null || :
}

# What ../$name is, seen from a private directory: absent, link, other, or the SHA-256 of a file. A file is held by a
# further name in here where a link can be made, so that what is compared is what is kept.
sight() {
    was=./$name.was
    if [ -L "../$name" ]; then echo link
    elif [ -d "../$name" ]; then echo other
    elif [ ! -e "../$name" ]; then echo absent
    else
        ln -- "../$name" "$was" 2>/dev/null || was=../$name
        if [ -L "$was" ]; then echo link
        elif [ -f "$was" ]; then sha256sum <"$was" | cut -d ' ' -f 1
        else echo other
        fi
    fi
}

# Keep what was in sight beside it, as $kept. A link into .. fails where the name is taken, and follows nothing there.
keep() {
    kept=$name.kept-$(echo "$now" | cut -c 1-8)
    for kept in "$kept" "$kept-${room##*.}"; do
        if [ -e "./$name.was" ]; then mv -f -- "./$name.was" "./$kept" || return
        elif [ "$(id -u)" != 0 ]; then cp -pP -- "../$name" "./$kept" || return
        else return 1
        fi
        ! ln -- "./$kept" .. 2>/dev/null || return 0
        [ "$(stat -c '%d:%i' "./$kept")" != "$(stat -c '%d:%i' "../$kept")" ] || return 0
        mv -f -- "./$kept" "./$name.was"
    done
    return 1
}

# The inodes of regular files below the working directory that have more names than are in it, a line each. They are
# counted without their names, as a name may have lines of any kind in it.
elsewhere() {
    find . -xdev -type f -links +1 -exec stat -c '%h %d:%i' -- {} + |
        awk '{ seen[$2]++; names[$2] = $1 }
        END { for (key in seen) if (seen[key] < names[key]) { sub(/.*:/, "", key); print key } }'
}

# Refuse a tree where giving it away would give away more than is in it.
guard_tree() {
    more=$(elsewhere) || refuse "$here could not be read whole"
    named=
    for inode in $more; do
        named="$named $(find . -xdev -type f -inum "$inode" 2>/dev/null | tr '\n' ' ')(inode $inode)"
    done
    [ -z "$more" ] || refuse "in $here these have other names (hard links) elsewhere:$named"
    [ "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)" != 1 ] && [ "$(id -u)" = 0 ] || return 0
    open=$(find . -xdev -type d \( ! -user 0 -o -perm -020 -o -perm -002 \))
    [ -z "$open" ] ||
        refuse "fs.protected_hardlinks is off here, so that others could have any file given away: set it to 1 first"
}

# Give the working directory and everything below it, on its file system, to an owner; further arguments say to what.
give_tree() {
    whose=$1
    shift
    if find . -prune -execdir true {} + 2>/dev/null; then
        find . -xdev "$@" -execdir chown -h "$whose" -- {} +
    else
        device=$(stat -c %d .)
        give_here "$@"
    fi
}

# The same for a find that cannot run a command from inside each directory.
give_here() {
    find . -maxdepth 1 \( -name . -o ! -type d \) "$@" -exec chown -h "$whose" -- {} + || return
    for sub in ./* ./.[!.]* ./..?*; do
        if [ -d "$sub" ] && [ ! -L "$sub" ]; then
            (into "${sub#./}" && { [ "$(stat -c %d .)" != "$device" ] || give_here "$@"; }) || return
        fi
    done
}
