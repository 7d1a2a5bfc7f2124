"""The sh that gives every path of a manifest its owner, group, mode and ACL back, and touches no other."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.facts.guarded import entering, parted, script
from wizard.facts.manifest import Entry, Manifest
from wizard.facts.names import UNESCAPE, escaped, unescaped

LEFT = 6
"""Exit status where some paths could not be restored; each is named."""

# Each path is looked at by its name in the directory that it was captured in; only what differs is then held, looked
# at again and changed. GNU chmod keeps a directory's set-id bits unless the mode has five digits or more. Set-id bits
# go to no file that has had another owner since: who that was could have written a program of his own into it.
_SCRIPT = f"""
left=0 gone=0 at=- top=${{here%/}}
leave() {{ echo "left as it is: $folder/$name: $1" >&2; left=1; }}
listed() {{ getfacl -cnpE -- "$1" 2>/dev/null | grep . | tr '\\n' ,; }}
same() {{
    if [ -L "./$name" ]; then kind=l; elif [ -d "./$name" ]; then kind=d; elif [ -f "./$name" ]; then kind=f
    else kind=o; fi
    now=$(stat -c '%u:%g %a' -- "./$name") && [ "$kind ${{now% *}}" = "$is $owner" ] || return
    [ "$kind" != l ] || return 0
    [ "${{now#* }}" = "$mode" ] || return
    [ "$acl" = - ] || [ "$(listed "./$name")" = "$acl," ]
}}
give_back() {{
    [ "$kind" = "$is" ] || {{ leave "it is another kind of file now"; return; }}
    now=$(act stat $see '%u:%g %a' --) || {{ leave "it cannot be looked at"; return; }}
    if [ "${{now% *}}" != "$owner" ]; then
        case $is$mode in
            f[2-7]???) leave "it had another owner since, so its set-id bits are not given back"; return ;;
        esac
        act chown $nofollow "$owner" -- || {{ leave "chown failed"; return; }}
        now=$(act stat $see '%u:%g %a' --)
    fi
    [ "$is" != l ] || return 0
    if [ "${{now#* }}" != "$mode" ]; then
        [ -z "$fleeting" ] || {{ leave "others than root can write to its directory"; return; }}
        act chmod "00$mode" -- || {{ leave "chmod failed"; return; }}
    fi
    [ "$acl" != - ] || return 0
    [ "$(listed "$held" <&9)" = "$acl," ] || {{ act setfacl -b -- && act setfacl --set "$acl" --; }} ||
        leave "setfacl failed"
}}
while read -r owner mode is acl path; do
    {UNESCAPE}
    name=${{path##*/}} folder=$top
    case $path in */*) folder=$top/${{path%/*}} ;; esac
    if [ "$folder" != "$at" ]; then
        at=-
        if change "$folder/" && [ "${{here%/}}" = "$folder" ]; then at=$folder
        elif [ -L "$folder" ] || [ -e "$folder" ]; then leave "its directory is another one now"; continue
        else gone=$((gone + 1)); continue
        fi
    fi
    [ -L "./$name" ] || [ -e "./$name" ] || {{ gone=$((gone + 1)); continue; }}
    ! same || continue
    if hold "$name"; then give_back; else leave "$why"; fi
    at=-
done <<'MANIFEST'
"""

_END = f"""MANIFEST
[ $gone -eq 0 ] || echo "$gone of the paths are gone"
[ $left -eq 0 ] || exit {LEFT}
"""


def restore_script(manifest: Manifest, acls: Mapping[str, str]) -> str:
    """A script that restores the manifest.

    Args:
        manifest: What it was.
        acls: ACLs to restore, by path, in full; the ACLs of other paths are left alone.
    """
    top = unescaped(next(iter(manifest.entries))).decode("utf-8", "surrogateescape")
    rows = (_row(path, entry, acls.get(path, "-"), top) for path, entry in manifest.entries.items())
    body = f"{entering(top)} || exit{_SCRIPT}{''.join(rows)}{_END}"
    return script(body, "enter", "hold", head="set -u")


def _row(path: str, entry: Entry, acl: str, top: str) -> str:
    """One path, from the directory of the top on."""
    name = parted(top)[1]
    inside = unescaped(path).removeprefix(top.encode("utf-8", "surrogateescape"))
    shown = escaped(name.encode("utf-8", "surrogateescape") + inside)
    return f"{entry.uid}:{entry.gid} {entry.mode} {entry.kind} {acl} {shown}\n"
