"""The names of the stand-ins, and those that are no more than a line of sh."""

from __future__ import annotations

NAMES = (
    "chmod", "chown", "drill-ledger", "find", "getent", "getfacl", "id", "journalctl", "logger", "ls", "setfacl",
    "setpriv", "stat", "systemctl", "systemd-analyze",
)  # fmt: skip
"""Commands that the practice host answers; `wizard.drill.standins.table` says how."""

TOOLS = ("awk", "grep")
"""Tools that only stand in where they are pointed at /proc; otherwise this machine's own are run."""

SCRIPTS = {
    "sudo": """\
as_asked="$*"
while :; do
    case ${1-} in
    -n | -H | -S) shift ;;
    -p) shift 2 ;;
    -u) [ "$2" = root ] || break; shift 2 ;;
    --) shift; break ;;
    *) break ;;
    esac
done
case ${1--} in
-*) exec {client} unmodelled sudo "$as_asked" ;;
esac
WIZARD_DRILL_UID=0 USER=root HOME={home}
export WIZARD_DRILL_UID USER HOME
exec "$@"
""",
    "busctl": """\
case "$*" in
*' org.freedesktop.login1.Manager KillUserProcesses') echo 'b false' ;;
*) exec {client} unmodelled busctl "$*" ;;
esac
""",
}
"""Commands that must be the caller's own process, or always say the same: as sh, without ``#!``."""

REFUSED = ("ps", "systemd-run", "useradd", "userdel", "usermod", "groupadd", "loginctl", "service", "su", "runuser")
"""Commands that would show or change this machine instead of the practice host; any use is unmodelled."""
