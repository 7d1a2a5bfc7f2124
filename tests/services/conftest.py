"""A home of a test's own, an SSH server in it, and this machine as a host by each of its shells."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.services import sshd
from tests.services.shells import SHELLS, shell_host
from tests.services.sshd import Sshd
from wizard.hosts.base import Host


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Without anything of this machine's user: no keys, no agent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / ".ssh").mkdir()
    return tmp_path


@pytest.fixture
def server(home: Path) -> Iterator[Sshd]:
    """A real sshd."""
    with sshd.serve(home / "sshd") as server:
        yield server


@pytest.fixture
def mark() -> str:
    """A variable for what a script starts, to find it by: other tests look through the same machine's processes."""
    return f"WIZARD_TEST={secrets.token_hex(8)}"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Where attempts are kept."""
    return tmp_path / "spool"


@pytest.fixture(params=SHELLS)
async def host(request: pytest.FixtureRequest, spool: Path) -> AsyncIterator[Host]:
    """This machine, by each shell that a host may have."""
    async with shell_host(spool, request.param) as host:
        yield host


@pytest.fixture
async def here(spool: Path) -> AsyncIterator[Host]:
    """This machine once more, by its own shell, with the same spool."""
    async with shell_host(spool) as host:
        yield host
