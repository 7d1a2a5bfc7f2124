"""The practice host as its stand-ins know it: everything they may ask or change, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.drill.host.accounts import Account, Accounts
from wizard.drill.host.journal import Journal
from wizard.drill.host.ledger import Ledger
from wizard.drill.host.manager import Manager
from wizard.drill.layout import Layout


@dataclass(frozen=True, slots=True)
class PracticeHost:
    """All of one practice host."""

    layout: Layout
    accounts: Accounts
    ledger: Ledger
    journal: Journal
    manager: Manager

    def account(self, uid: int) -> Account | None:
        """The account with this number."""
        return self.accounts.find(str(uid))
