"""A unified diff in colours; a sign at the start of each line says the same."""

from __future__ import annotations

from textual.content import Content

from screens.words import lines

STYLES = {"+": "$success", "-": "$error", "@": "dim"}


def diff_told(diff: str) -> Content:
    """The lines of a diff, indented."""
    told = [Content.assemble("  ", (line, _style(line))) for line in lines(diff)]
    return Content("\n").join(told)


def _style(line: str) -> str:
    return "bold dim" if line.startswith(("+++", "---")) else STYLES.get(line[:1], "dim")
