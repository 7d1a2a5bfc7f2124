"""The settings file: YAML as strict as a checklist's, every error with its line and column, and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from textual.keys import Keys, _character_to_key

from screens.keymap import Keymap
from screens.keys import AREAS, character_of
from screens.notices import DESKTOP, Desktop, Notices
from screens.settings import Settings
from screens.theme import THEMES
from wizard import owned
from wizard.checklist.loading import MAX_BYTES, Read, decoded, parse
from wizard.checklist.positions import Loc, show
from wizard.checklist.problems import Problem, guess
from wizard.checklist.scalars import describe

MODIFIERS = ("ctrl", "shift", "alt", "meta", "super", "hyper")
NAMED = {key.value for key in Keys if not set("<+-") & set(key.value)} | {
    one.rpartition("+")[2] for keys in AREAS.values() for key in keys for one in key.key.split(",")
}
"""Keys with a name, as Textual calls them."""

FIXED = {"enter": "answers", "escape": "closes", "ctrl+c": "leaves", "ctrl+q": "leaves"}
"""Keys that mean the same everywhere."""

TYPED = ("inputs",)
"""Areas in which letters are typed."""


def read(path: Path) -> tuple[Settings, frozenset[str], list[Problem]]:
    """Settings, the names that the file gives, and what is wrong.

    Raises:
        UsageError: The file cannot be read at all, or others can write it.
    """
    found = parse(decoded(owned.read(path, MAX_BYTES), path).text, str(path))
    reader = _Reader(found, str(path))
    settings = reader.settings(found.value)
    return settings, frozenset(reader.chosen), [*found.problems, *sorted(reader.problems)]


class _Reader:
    """Turns one file's data into settings, and complains.

    Args:
        found: The data and its places.
        file: Its name.
    """

    def __init__(self, found: Read, file: str) -> None:
        self._found = found
        self._file = file
        self.problems: list[Problem] = []
        self.chosen: set[str] = set()

    def settings(self, value: Any) -> Settings:
        """Everything in it."""
        whole = self._mapping(value if value is not None else {}, (), ("theme", "keymap", "notices"))
        notices = self._mapping(whole.get("notices", {}), ("notices",), ("bell", "desktop"))
        return Settings(
            theme=self._one_of(whole, ("theme",), tuple(THEMES), ""),
            keymap=self._keymap(whole.get("keymap", {})),
            notices=Notices(
                bell=self._flag(notices, ("notices", "bell")),
                desktop=cast("Desktop", self._one_of(notices, ("notices", "desktop"), tuple(DESKTOP), "off")),
            ),
        )

    def _complain(self, loc: Loc, what: str, mend: str, *, at_key: bool = False) -> None:
        places = self._found.places
        at = places.key(loc) if at_key else places.position(loc)
        self.problems.append(Problem(*at, show(loc), what, mend, self._file))

    def _mapping(self, value: Any, loc: Loc, known: Iterable[str]) -> Mapping[str, Any]:
        """The known keys of a mapping; each other one is complained of."""
        if not isinstance(value, Mapping):
            if self._found.complete:
                self._complain(loc, f"expected a mapping, found {describe(value)}", "write `key: value` lines")
            return {}
        for name in value:
            if name not in known:
                self._complain((*loc, name), f"unknown key `{name}`", guess(name, known), at_key=True)
        return {name: one for name, one in value.items() if name in known}

    def _one_of(self, given: Mapping[str, Any], loc: Loc, allowed: tuple[str, ...], default: str) -> str:
        if loc[-1] not in given:
            return default
        value = given[str(loc[-1])]
        if value in allowed:
            self.chosen.add(show(loc))
            return str(value)
        self._complain(loc, f"{describe(value)} is not allowed here", guess(str(value), allowed))
        return default

    def _flag(self, given: Mapping[str, Any], loc: Loc) -> bool:
        value = given.get(str(loc[-1]), False)
        if not isinstance(value, bool):
            mend = "write true or false, without quotes"
            self._complain(loc, f"expected true or false, found {describe(value)}", mend)
        elif loc[-1] in given:
            self.chosen.add(show(loc))
        return value is True

    def _keymap(self, value: Any) -> dict[str, tuple[str, ...]]:
        known = [f"{area}.{key.id}" for area, keys in AREAS.items() for key in keys]
        given = self._mapping(value if value is not None else {}, ("keymap",), known)
        chosen = {name: self._keys(name, keys) for name, keys in given.items()}
        chosen = {name: keys for name, keys in chosen.items() if keys}
        self._no_conflicts(chosen)
        self.chosen |= {f"keymap.{name}" for name in chosen}
        return chosen

    def _keys(self, name: str, value: Any) -> tuple[str, ...]:
        loc = ("keymap", name)
        items = value if isinstance(value, list) else [value]
        if not items:
            self._complain(loc, "no key is left for it", "write a key, or take the line away")
        keys = []
        for place, item in enumerate(items):
            key = self._key(name, item, (*loc, place) if isinstance(value, list) else loc)
            keys += [key] if key else []
        return tuple(dict.fromkeys(keys))

    def _key(self, name: str, item: Any, loc: Loc) -> str:
        if isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= 9:  # noqa: PLR2004 - a figure
            item = str(item)
        if not isinstance(item, str):
            self._complain(loc, f"expected a key, found {describe(item)}", 'write it in quotes, as in "ctrl+n"')
            return ""
        key = normal(item)
        wrong = _unfit(name, item, key)
        if wrong:
            self._complain(loc, *wrong)
            return ""
        return key

    def _no_conflicts(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """No key of an area stands for two things, nor for one thing there and another everywhere."""
        mapped = Keymap(chosen)
        everywhere = _pressed(mapped, "everywhere")
        for area in AREAS:
            taken: dict[str, str] = {} if area == "everywhere" else dict(everywhere)
            for key, name in _each_pressed(mapped, area):
                other = taken.setdefault(key, name)
                if other != name:
                    self._conflict(chosen, key, name, other)

    def _conflict(self, chosen: Mapping[str, tuple[str, ...]], key: str, name: str, other: str) -> None:
        mine, theirs = (name, other) if name in chosen else (other, name)
        self._complain(("keymap", mine), f"`{key}` is also the key of `{theirs}`", "give one of them another key")


def _pressed(mapped: Keymap, area: str) -> dict[str, str]:
    return dict(_each_pressed(mapped, area))


def _each_pressed(mapped: Keymap, area: str) -> Iterator[tuple[str, str]]:
    for key in mapped.mapped(AREAS[area], area):
        yield from ((one, f"{area}.{key.id}") for one in key.key.split(","))


def normal(item: str) -> str:
    """A key as Textual calls it: ``?`` is ``question_mark``."""
    *modifiers, last = item.strip().split("+") if len(item.strip()) > 1 else [item]
    modifiers = [one.lower() for one in modifiers]
    if modifiers == ["shift"] and len(last) == 1:
        modifiers, last = [], last.upper()
    key = _character_to_key(last.lower() if modifiers else last) if len(last) == 1 else last.lower()
    return "+".join([*modifiers, key])


def _unfit(name: str, item: str, key: str) -> tuple[str, str] | None:
    """Why a key will not do, and the mend."""
    *modifiers, last = key.split("+")
    if key in FIXED and key not in _default(name):
        return f"`{item}` {FIXED[key]} everywhere", "choose another key"
    if not last or any(one not in MODIFIERS for one in modifiers) or not _is_key(item, last):
        return f"{describe(item)} is no key", _like(last)
    if name.partition(".")[0] in TYPED and not modifiers and len(item.strip()) == 1:
        return f"`{item}` is typed in the fields of this form", "choose a key with ctrl, or a function key"
    return None


def _is_key(item: str, last: str) -> bool:
    character = item.strip().rpartition("+")[2] if len(item.strip()) > 1 else item
    character = character if len(character) == 1 else character_of(last)
    return last in NAMED or (character.isprintable() and character not in {"", " "})


def _like(last: str) -> str:
    close = guess(last, (name for name in NAMED if len(name) > 1))
    return close if close.startswith("did") else 'write a character, a name such as f2 or pageup, or "ctrl+n"'


def _default(name: str) -> list[str]:
    area, _, wanted = name.partition(".")
    return next((key.key.split(",") for key in AREAS.get(area, ()) if key.id == wanted), [])
