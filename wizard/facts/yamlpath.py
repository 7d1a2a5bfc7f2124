"""One value of a YAML file by its path, and the same file with that value's text replaced.

Nodes are composed and walked; nothing is ever constructed, so tags, anchors and Jinja of other people's files are
harmless. A path reads ``[0].vars.redis_user``, ``systemd_services[name=redis].user``, ``["key with.dots"]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from wizard.errors import StepRefused
from wizard.text import one_line

_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]"=]+)
      | \[(?P<index>\d+)\]
      | \[(?P<name>[\w-]+)=(?P<value>[^\]]*)\]
      | \["(?P<quoted>[^"]*)"\]""",
    re.VERBOSE,
)


_QUOTED = re.compile(r"'.*'", re.DOTALL)


class NoSuchPath(StepRefused):
    """The file is YAML, but there is no such place in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: into a mapping by ``key``, into a list by ``index``, or to its one item whose ``key`` is ``value``."""

    key: str = ""
    index: int | None = None
    value: str | None = None

    def __str__(self) -> str:
        if self.index is not None:
            return f"[{self.index}]"
        return self.key if self.value is None else f"[{self.key}={self.value}]"


def parse_path(text: str) -> list[Step]:
    """The steps of a path.

    Raises:
        ValueError: It is not one.
    """
    steps: list[Step] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if not found or (position == 0 and text.startswith(".")):
            raise ValueError(f"not a path at {text[position:]!r}")
        steps.append(_step(found))
        position = found.end()
    if not steps:
        raise ValueError("an empty path")
    return steps


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return Step(index=int(found["index"]))
    if found["name"] is not None:
        return Step(key=found["name"], value=found["value"])
    return Step(key=found["key"] if found["quoted"] is None else found["quoted"])


def path_flaw(text: str) -> str:
    """Why this is not a path, or an empty string."""
    try:
        parse_path(text)
    except ValueError as problem:
        return str(problem)
    return ""


# libyaml bounds nesting (1,000 levels), so a hostile file cannot exhaust the stack in C.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _compose(text: str) -> yaml.Node:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        raise StepRefused(f"it is not YAML: {_why(problem)}") from problem
    if node is None:
        raise StepRefused("it is empty")
    return node


def _why(problem: Exception) -> str:
    """What is wrong and where, without the words of the file that the parser quotes: they may be a secret."""
    if not isinstance(problem, yaml.MarkedYAMLError) or problem.problem_mark is None:
        return type(problem).__name__
    mark = problem.problem_mark
    what = _QUOTED.sub("…", problem.problem or "it does not parse")
    return one_line(f"line {mark.line + 1}, column {mark.column + 1}: {what}", 200)


def _walk(text: str, path: str) -> Iterator[yaml.Node]:
    """The nodes along a path, the document first."""
    node = _compose(text)
    yield node
    seen = ""
    for step in parse_path(path):
        node = _child(node, step, seen)
        seen += str(step) if str(step).startswith("[") or not seen else f".{step}"
        yield node


def _child(node: yaml.Node, step: Step, seen: str) -> yaml.Node:
    found = list(_children(node, step))
    if not found:
        raise NoSuchPath(f"there is no {step} at {seen or 'the top'}")
    if len(found) > 1:
        raise StepRefused(f"{step} is there {len(found)} times at {seen or 'the top'}", mend="Name one of them")
    return found[0]


def _children(node: yaml.Node, step: Step) -> Iterator[yaml.Node]:
    if step.index is not None or step.value is not None:
        items: Sequence[yaml.Node] = node.value if isinstance(node, yaml.SequenceNode) else ()
        yield from items[step.index :][:1] if step.index is not None else (i for i in items if _is_called(i, step))
    elif isinstance(node, yaml.MappingNode):
        yield from (value for key, value in node.value if key.value == step.key)


def _is_called(node: yaml.Node, step: Step) -> bool:
    return any(child.value == step.value for child in _children(node, Step(key=step.key)))


def value_at(text: str, path: str) -> str:
    """The scalar at a path, as text; a list or mapping as the YAML that writes it.

    Raises:
        NoSuchPath: It is not there.
        StepRefused: The text is not YAML, or the path is there more than once.
    """
    *_, node = _walk(text, path)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    return text[node.start_mark.index : node.end_mark.index].strip()


def replaced(text: str, path: str, new: str) -> str:
    """The text with the scalar at a path replaced; every other character stays as it is.

    Raises:
        NoSuchPath: It is not there.
        StepRefused: It is no plain or quoted scalar of its own (a list, a block, a tag, an anchor others refer to).
    """
    if text.startswith("\ufeff"):
        return "\ufeff" + replaced(text[1:], path, new)
    nodes = list(_walk(text, path))
    for node in nodes:
        if text[node.start_mark.index : node.start_mark.index + 1] in {"&", "!"}:
            raise StepRefused(f"{path} lies below an anchor or a tag, which others may share", mend="Edit it by match")
    node = nodes[-1]
    if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
        raise StepRefused(f"{path} is not a value on one line", mend="Edit it by match")
    for written in _spellings(new, node.style):
        changed = text[: node.start_mark.index] + written + text[node.end_mark.index :]
        if _holds(changed, path, new, len(nodes)):
            return changed
    raise StepRefused(f"{path} could not be replaced without changing more than its value", mend="Edit it by match")


def _spellings(new: str, style: str | None) -> list[str]:
    """Ways to write a scalar, the one that the file uses first."""
    single, double = "'" + new.replace("'", "''") + "'", json.dumps(new, ensure_ascii=False)
    if style == "'":
        return [single, double]
    return [double] if style == '"' else [new, double]


def _holds(changed: str, path: str, new: str, depth: int) -> bool:
    try:
        nodes = list(_walk(changed, path))
    except StepRefused:
        return False
    last = nodes[-1]
    return len(nodes) == depth and isinstance(last, yaml.ScalarNode) and last.value == new
