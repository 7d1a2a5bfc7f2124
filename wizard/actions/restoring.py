"""The sh that gives every path of a manifest its owner, group, mode and ACL back, and touches no other."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.facts.asking import PLAIN
from wizard.facts.manifest import Entry, Manifest
from wizard.facts.names import UNESCAPE

LEFT = 6
"""Exit status where some paths could not be restored; each is named."""

# GNU chmod keeps a directory's set-id bits unless the mode has five digits or more.
_SCRIPT = f"""set -u
{PLAIN}
left=0
gone=0
leave() {{ echo "left as it is: $path: $1" >&2; left=1; }}
while read -r owner mode kind acl path; do
    {UNESCAPE}
    if [ -L "$path" ]; then is=l; elif [ -d "$path" ]; then is=d; elif [ -f "$path" ]; then is=f
    elif [ -e "$path" ]; then is=o; else gone=$((gone + 1)); continue; fi
    [ "$is" = "$kind" ] || {{ leave "it is another kind of file now"; continue; }}
    now=$(stat -c '%u:%g %a' -- "$path") || {{ leave "it cannot be looked at"; continue; }}
    if [ "${{now% *}}" != "$owner" ]; then
        chown -h "$owner" -- "$path" || {{ leave "chown failed"; continue; }}
        now=$(stat -c '%u:%g %a' -- "$path")
    fi
    [ "$kind" != l ] || continue
    [ "${{now#* }}" = "$mode" ] || chmod "00$mode" -- "$path" || {{ leave "chmod failed"; continue; }}
    [ "$acl" != - ] || continue
    now=$(getfacl -cnpE -- "$path" 2>/dev/null | grep . | tr '\\n' ,)
    [ "${{now%,}}" = "$acl" ] || {{ setfacl -b -- "$path" && setfacl --set "$acl" -- "$path"; }} ||
        leave "setfacl failed"
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
    rows = (_row(path, entry, acls.get(path, "-")) for path, entry in manifest.entries.items())
    return f"{_SCRIPT}{''.join(rows)}{_END}"


def _row(path: str, entry: Entry, acl: str) -> str:
    return f"{entry.uid}:{entry.gid} {entry.mode} {entry.kind} {acl} {path}\n"
