"""Which command is answered by whom; what is not here and is called all the same is refused loudly."""

from __future__ import annotations

from wizard.drill.standins import accounts, acl, files, find, journal, processes, units
from wizard.drill.standins.call import StandIn

STANDINS: dict[str, StandIn] = {
    "awk": processes.awk,
    "chmod": files.chmod,
    "chown": files.chown,
    "drill-ledger": files.ledger,
    "find": find.find,
    "getent": accounts.getent,
    "getfacl": acl.getfacl,
    "grep": processes.grep,
    "id": accounts.identify,
    "journalctl": journal.journalctl,
    "logger": journal.logger,
    "ls": files.ls,
    "setfacl": acl.setfacl,
    "setpriv": processes.setpriv,
    "stat": files.stat,
    "systemctl": units.systemctl,
    "systemd-analyze": units.analyze,
}
