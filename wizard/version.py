"""The version, from the installed distribution: pyproject.toml is where it is set."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("incident-wizard")
except PackageNotFoundError:
    VERSION = "unknown"
