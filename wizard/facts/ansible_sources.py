"""Which local files a playbook's ``template`` and ``copy`` tasks name, and where Ansible would look for each.

Ansible's own order (``path_dwim_relative_stack`` of its DataLoader): beside the file that holds the task, first in
``templates/`` or ``files/``, then directly; a role's own folders before that; the playbook's folder last.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wizard.errors import UsageError

_FOLDERS = {"template": "templates", "copy": "files"}
_PREFIX = re.compile(r"^ansible\.(builtin|legacy)\.")
_LISTS = ("tasks", "pre_tasks", "post_tasks", "handlers")
_BLOCKS = ("block", "rescue", "always")
_INCLUDES = frozenset({"import_tasks", "include_tasks"})
_SRC = re.compile(r"(?:^|\s)src=(\"[^\"]*\"|'[^']*'|\S+)")
_TRUE = frozenset({"true", "yes", "on", "1"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a task names. ``looked_for`` are the places in Ansible's order; ``found`` the first that is there."""

    task: str
    src: str
    looked_for: tuple[Path, ...]
    found: Path | None

    @property
    def literal(self) -> bool:
        """The name is written out, so that it can be looked for at all."""
        return "{{" not in self.src and "{%" not in self.src


def sources(directory: Path, playbook: str) -> list[Source]:
    """Every file named by the tasks, blocks and handlers of a playbook, and by files and roles it includes by name.

    Raises:
        UsageError: The playbook cannot be read.
    """
    project = directory.expanduser()
    path = Path(os.path.normpath(project / playbook))
    return [found for play in _items(_read(path)) for found in _play(play, path.parent, project)]


def _play(play: Any, base: Path, project: Path) -> Iterator[Source]:
    if not isinstance(play, Mapping):
        return
    for name in _LISTS:
        yield from _tasks(play.get(name), [base], base)
    for role in _items(play.get("roles")):
        named = role.get("role", role.get("name")) if isinstance(role, Mapping) else role
        yield from _role(str(named), base, project)


def _role(name: str, base: Path, project: Path) -> Iterator[Source]:
    home = next((at for at in (base / "roles" / name, project / "roles" / name) if at.is_dir()), None)
    for part in ("tasks", "handlers"):
        if home and (main := home / part / "main.yml").is_file():
            yield from _tasks(_read(main), [home, main.parent], base)


def _tasks(tasks: Any, near: Sequence[Path], base: Path) -> Iterator[Source]:
    for task in _items(tasks):
        if isinstance(task, Mapping):
            for name in _BLOCKS:
                yield from _tasks(task.get(name), near, base)
            for key, arguments in task.items():
                yield from _named(_PREFIX.sub("", key), arguments, task, near, base)


def _named(module: str, arguments: Any, task: Mapping[str, Any], near: Sequence[Path], base: Path) -> Iterator[Source]:
    if module in _FOLDERS and (src := _src(arguments, task.get("args"))):
        places = tuple(_places(src, _FOLDERS[module], [*near, base]))
        yield Source(str(task.get("name", module)), src, places, next(filter(Path.exists, places), None))
    if module in _INCLUDES:
        file = arguments.get("file") if isinstance(arguments, Mapping) else arguments
        included = near[-1] / str(file)
        if included.is_file():
            yield from _tasks(_read(included), [*near[:-1], included.parent], base)


def _src(arguments: Any, more: Any) -> str:
    """The file on this machine that a task names; empty where it names none, or one on the host."""
    if isinstance(arguments, str):
        found = _SRC.search(arguments)
        return found[1].strip("\"'") if found and "remote_src=" not in arguments else ""
    told = {**(more if isinstance(more, Mapping) else {}), **(arguments if isinstance(arguments, Mapping) else {})}
    return "" if str(told.get("remote_src", "")).lower() in _TRUE else str(told.get("src") or "")


def _places(src: str, folder: str, near: Sequence[Path]) -> Iterator[Path]:
    if src.startswith(("/", "~")):
        yield Path(src).expanduser()
        return
    for base in dict.fromkeys(near):
        if src.partition("/")[0] != folder:
            yield base / folder / src
        yield base / src


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _read(path: Path) -> Any:
    """The document as plain lists, mappings and strings; Ansible's own tags (``!vault``) are taken for strings."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"{path} cannot be read: {problem}", mend="Name a playbook that parses") from None
    return _plain(node)


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return "" if node is None else node.value
