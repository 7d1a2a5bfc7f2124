"""Fixtures that boot a real, broken Redis host for each test.

How to run: as root, with the packages of `requirements.apt` installed and the project's Python
dependencies in place:

    apt-get install --no-install-recommends $(cat tests/realhost/requirements.apt)
    python -m pytest tests/realhost

The first run builds the root file systems (about a minute; `python -m tests.realhost.rootfs` does
it ahead of time) into WIZARD_REALHOST_CACHE, by default /var/cache/incident-wizard/realhost. They
come from the Debian mirror apt is configured with; elsewhere set WIZARD_REALHOST_MIRROR. Every test
then gets a host of its own in less than a second. `machine` boots Debian's Redis; for Redis Stack:

    @pytest.mark.parametrize("machine", [{"flavour": "stack"}], indirect=True)

The parameters are those of `incident.broken_machine`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import project as customer
from .incident import broken_machine
from .machine import Machine
from .project import Project
from .tools import missing_needs
from .truth import Truth

HERE = Path(__file__).parent
BUILD_AND_TEST_SECONDS = 600


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker these tests carry."""
    config.addinivalue_line("markers", "realhost: boots a real host; needs root and systemd-nspawn")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this directory; the first one may have to build the root file systems."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("realhost")
            if item.get_closest_marker("timeout") is None and item.config.pluginmanager.hasplugin("timeout"):
                item.add_marker(pytest.mark.timeout(BUILD_AND_TEST_SECONDS))


@pytest.fixture(scope="session")
def _able_to_boot() -> None:
    """Fail, never skip, where this machine cannot boot a host."""
    missing = missing_needs()
    if missing:
        packages = " ".join((HERE / "requirements.apt").read_text().split())
        pytest.fail(f"real-host tests need {', '.join(missing)} (apt packages: {packages})", pytrace=False)


@pytest.fixture
def machine(request: pytest.FixtureRequest, _able_to_boot: None) -> Iterator[Machine]:
    """A booted host in which the incident has happened; parametrise it indirectly with options."""
    with broken_machine(**getattr(request, "param", {})) as booted:
        yield booted


@pytest.fixture
def truth(machine: Machine) -> Truth:
    """Ground truth about the machine."""
    return Truth(machine)


@pytest.fixture
def project(machine: Machine, tmp_path: Path) -> Project:
    """The customer's project as a clean git checkout, using the machine's key."""
    return customer.build(tmp_path / "AutoBot", machine)
