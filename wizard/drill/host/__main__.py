"""The process behind a practice host; it ends, and takes everything with it, when the wizard that started it does.

Its standard input is the life-line: one line of JSON (`Orders`), then nothing until the wizard is gone, however it
went. On standard output it says once, in JSON, where it can be reached, or why it cannot be.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import asyncssh
from redis.asyncio import Redis

from wizard.drill.faults import NOTHING, Fault, find_fault
from wizard.drill.host.accounts import practice_accounts
from wizard.drill.host.door import open_door
from wizard.drill.host.incident import bring_about
from wizard.drill.host.journal import Journal
from wizard.drill.host.ledger import Ledger
from wizard.drill.host.manager import Confines, Manager
from wizard.drill.host.orders import Orders
from wizard.drill.host.sshd import LOOPBACK, serving
from wizard.drill.host.state import PracticeHost
from wizard.drill.host.sweep import end_processes, remove
from wizard.drill.layout import LOGIN, Layout
from wizard.errors import WizardError
from wizard.jsontext import parse


def build(orders: Orders, fault: Fault) -> PracticeHost:
    """The practice host, with nothing running on it yet."""
    layout = Layout(Path(orders.root))
    accounts = practice_accounts(str(layout.homes), str(layout.data))
    home = (layout.homes / LOGIN, LOGIN)
    ledger = Ledger(layout.host, accounts, (layout.data, layout.logs), home, orders.servant)
    journal = Journal()
    journal.write("Startup finished.", _PID="1", SYSLOG_IDENTIFIER="systemd")

    def on_tenant(uid: int) -> None:
        ledger.adopt()
        ledger.tenant = uid
        ledger.obey()

    manager = Manager(
        layout.unit_file, accounts, journal, Confines(orders.servant, fault.largest_file, orders.root), on_tenant
    )
    return PracticeHost(layout, accounts, ledger, journal, manager)


async def serve(orders: Orders, lifeline: asyncio.Event) -> None:
    """Bring the incident about, say so, and serve until the life-line ends."""
    fault = find_fault(orders.fault) if orders.fault else NOTHING
    host = build(orders, fault)
    try:
        key = asyncssh.generate_private_key("ssh-ed25519")
        door = await open_door(host)
        async with Redis(host=LOOPBACK, port=orders.port, password=orders.password) as redis:
            await bring_about(host, redis, fault)
        async with serving(host.layout, key, orders):
            _say({"key": key.get_fingerprint()})
            await lifeline.wait()
        door.close()
    finally:
        host.manager.kill()
        # Meanwhile the loop tells the shells of connections that are gone that there is no more to come.
        await asyncio.to_thread(end_processes, host.layout.root, orders.wizard)


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def main(orders: Orders) -> None:
    """Serve as long as the wizard lives."""
    lifeline, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 1) else lifeline.set())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, lifeline.set)
    serving = asyncio.create_task(serve(orders, lifeline))
    gone = asyncio.create_task(lifeline.wait())
    await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        # While it still starts, nobody waits for it any more.
        await asyncio.wait({serving}, timeout=2)
        serving.cancel()
    await asyncio.gather(serving, return_exceptions=False)


def run() -> int:
    """Read the orders, serve, and leave nothing behind."""
    first = b""
    while not first.endswith(b"\n") and (byte := os.read(sys.stdin.fileno(), 1)):
        first += byte
    if not first:
        return 2
    orders = Orders(**parse(first))
    os.umask(0o022)
    try:
        asyncio.run(main(orders))
    except WizardError as problem:
        _say({"problem": problem.what})
        return 1
    except asyncio.CancelledError:
        return 0
    finally:
        remove(Path(orders.root))
    return 0


if __name__ == "__main__":
    sys.exit(run())
