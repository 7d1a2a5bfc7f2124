"""A home of a test's own, and an SSH server in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import sshd
from tests.services.sshd import Sshd


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
