"""What a person has chosen for the interface, in a file of theirs that is read strictly and never stops an incident."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screens.keys import AREAS, Key, character_of
from screens.notices import Notices
from screens.theme import usual
from wizard.checklist.problems import Problem
from wizard.errors import UsageError
from wizard.paths import settings_file
from wizard.text import sanitise


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen.

    Args:
        theme: One of ``THEMES``; empty where nobody chose, so that the locale decides.
        keymap: Keys by the area and id of what they do, as in ``run.note``.
        notices: How a person is told that something waits.
    """

    theme: str = ""
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)

    @property
    def theme_shown(self) -> str:
        """The theme that is chosen, or that suits the locale."""
        return self.theme or usual(os.environ)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where they come from.

    Args:
        settings: What is in force.
        path: The file, whether it is there or not.
        there: It is.
        problems: What is wrong with it, a sentence each; nothing of it is in force then.
        chosen: The names that the file gives.
    """

    settings: Settings = Settings()
    path: Path = Path()
    there: bool = False
    problems: Sequence[Problem | str] = ()
    chosen: frozenset[str] = frozenset()

    @property
    def complaint(self) -> str:
        """What is wrong in a sentence for the screen; empty where nothing is."""
        if not self.problems:
            return ""
        more = f" ({len(self.problems)} problems; see: wizard settings --check)" if len(self.problems) > 1 else ""
        return f"Your settings are not used: {self.problems[0]}{more}"


def load(path: Path | None = None) -> Loaded:
    """The user's settings; raises nothing, whatever is wrong with the file."""
    where = path or settings_file()
    if not where.exists() and not where.is_symlink():
        return Loaded(path=where)
    # YAML is not read, nor its reader loaded, where there is no file.
    from screens.settingsfile import read  # noqa: PLC0415

    try:
        settings, chosen, problems = read(where)
    except UsageError as problem:
        problems = getattr(problem, "problems", None) or [str(problem)]
        return Loaded(path=where, there=True, problems=tuple(problems))
    if problems:
        return Loaded(path=where, there=True, problems=tuple(problems))
    return Loaded(settings, where, there=True, chosen=chosen)


def said() -> Loaded:
    """The user's settings; what is wrong with them is said ahead of the screen, and stops nothing."""
    loaded = load()
    for problem in loaded.problems:
        sys.stderr.write(f"wizard: {sanitise(str(problem))}\n")
    if loaded.problems:
        sys.stderr.write("wizard: your settings are not used; the usual ones are\n")
    return loaded


def told(loaded: Loaded) -> Iterator[str]:
    """The settings in force as lines of such a file, each with where it comes from."""
    settings = loaded.settings
    yield f"# {loaded.path}" + ("" if loaded.there else " (not there)")
    yield _line("", "theme", settings.theme_shown, _source(loaded, "theme", "as the locale has it"))
    yield "notices:"
    yield _line("  ", "bell", str(settings.notices.bell).lower(), _source(loaded, "notices.bell"))
    yield _line("  ", "desktop", settings.notices.desktop, _source(loaded, "notices.desktop"))
    yield "keymap:"
    for area, keys in AREAS.items():
        yield from (_key(loaded, f"{area}.{key.id}", key) for key in keys)


def _key(loaded: Loaded, name: str, key: Key) -> str:
    keys = loaded.settings.keymap.get(name) or tuple(key.key.split(","))
    written = ", ".join("'\"'" if one == '"' else f'"{one}"' for one in map(_written, keys))
    return _line("  ", name, f"[{written}]", _source(loaded, f"keymap.{name}"))


def _written(key: str) -> str:
    """A key as people write it."""
    return (character_of(key) or key).replace("\\", "\\\\")


def _line(indent: str, name: str, value: str, source: str) -> str:
    return f"{indent}{name}: {value}".ljust(52) + f"  # {source}"


def _source(loaded: Loaded, name: str, default: str = "default") -> str:
    return "from the file" if name in loaded.chosen else default
