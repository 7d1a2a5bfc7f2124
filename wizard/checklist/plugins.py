"""No plugins of pydantic's: imported ahead of the first model.

With its first validator pydantic looks through every installed distribution for plugins, 14 ms of each start, and would
hand each checklist to what it finds: code that happens to be installed beside us.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_LOADER = "pydantic.plugin._loader"


class _NoLoader(ModuleType):
    """Stands for pydantic's module that looks for plugins; a pydantic that wants more of it is given the real one."""

    @staticmethod
    def get_plugins() -> tuple[()]:
        return ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks every module for
            raise AttributeError(name)
        sys.modules.pop(_LOADER, None)
        return getattr(importlib.import_module(_LOADER), name)


sys.modules.setdefault(_LOADER, _NoLoader(_LOADER))
