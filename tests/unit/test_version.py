"""The version that a run puts on record."""

from importlib.metadata import version

from wizard.version import VERSION


def test_it_is_that_of_the_installed_distribution() -> None:
    assert version("incident-wizard") == VERSION
