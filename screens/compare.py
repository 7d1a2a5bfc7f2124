"""Two runs of one checklist, side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.worker import get_current_worker

from screens.closable import Closable
from screens.keys import BACK, bindings
from screens.sizes import fold
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Pane
from screens.words import CHECKS, STEPS, elapsed, fit, plain
from wizard.errors import WizardError
from wizard.report.comparing import Comparison, Pair, StepPair, Took, compare, reached
from wizard.run.journal import read

log = logging.getLogger(__name__)

COLUMN, LABEL = 24, 12
"""Cells of a run's column among the steps, and of what stands before both runs elsewhere."""

NOT = "–"
"""What stands where a run has nothing."""


class Compare(Closable[None]):
    """Shows how two runs went.

    Args:
        earlier: A run directory.
        later: The other one.
    """

    BINDINGS = bindings([BACK], "compare")

    def __init__(self, earlier: Path, later: Path) -> None:
        super().__init__()
        self._directories = (earlier, later)
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """One page."""
        pane = Pane("compare")
        pane.frame.say("Two runs", "reading …")
        yield pane
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """Read both, beside the interface."""
        fold(self)
        self.query_one(KeyBar).show([BACK])
        self.query_one(Pane).focus()
        self._read()

    def on_resize(self) -> None:
        """Columns are as wide as there is room."""
        self._show()

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    @work(thread=True, exclusive=True, group="compare", exit_on_error=False)
    def _read(self) -> None:
        try:
            earlier, later = (read(directory).records for directory in self._directories)
            made: Comparison | str = compare(earlier, later)
        except WizardError as problem:
            made = str(problem)
        except Exception:
            log.exception("comparing met an error of its own")
            made = "They cannot be compared; the debug log says why."
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._made, made)

    def _made(self, made: Comparison | str) -> None:
        pane = self.query_one(Pane)
        if isinstance(made, str):
            pane.frame.say("Two runs", "cannot be compared")
            pane.tell(Content.styled(plain(made), "$error"))
            return
        self._comparison = made
        pane.frame.say("Two runs", plain(made.title))
        self._show()

    def _show(self) -> None:
        if self._comparison and self.is_mounted:
            pane = self.query_one(Pane)
            pane.tell(told(self._comparison, pane.scrollable_content_region.width))


def told(comparison: Comparison, width: int) -> Content:
    """The whole page, in so many cells; what has no room is wrapped, but for titles of steps, which are cut."""
    parts = [
        *(_end(pair) for pair in comparison.ends),
        *_section("Steps", [_step(pair, width) for pair in comparison.steps]),
        *_section("Checks that came to something else", _stacked(comparison.checks)),
        *_section("Captured values that differ", _stacked(comparison.captured)),
        *_section("Inputs that differ", _stacked(comparison.inputs)),
        *_section("Deviations", _stacked(comparison.deviations)),
    ]
    return Content("\n").join(parts)


def _section(title: str, lines: Sequence[Content]) -> Iterator[Content]:
    yield Content("")
    yield Content.styled(title, "bold $primary")
    yield from lines or [Content.styled("  none", "dim")]


def _end(pair: Pair) -> Content:
    left, right = plain(pair.left) or NOT, plain(pair.right) or NOT
    style = "$warning" if pair.differs and pair.what in {"outcome", "checklist"} else ""
    if cell_len(left) > COLUMN:
        return Content("\n").join([_row(pair.what, left, style), _row("", right, style)])
    gap = " " * (COLUMN + 2 - cell_len(left))
    return _row(pair.what, f"{left}{gap}{right}", style)


def _row(label: str, text: str, style: str = "") -> Content:
    return Content.assemble((f"{label:{LABEL}}", "dim"), (text, style))


def _step(pair: StepPair, width: int) -> Content:
    room = max(8, width - 2 * COLUMN)
    title = fit(f"{pair.place} {plain(pair.title)}", room - 1)
    pad = " " * (room - cell_len(title))
    alike = pair.left.status == pair.right.status
    return Content.assemble(title, pad, *_took(pair.left, alike=alike), *_took(pair.right, alike=alike))


def _took(took: Took, *, alike: bool) -> Iterator[tuple[str, str]]:
    if not reached(took):
        yield f"{NOT:{COLUMN}}", "dim"
        return
    glyph, style = STEPS.get(took.status, ("·", ""))
    length = elapsed(took.seconds) if took.seconds is not None else ""
    yield f"{glyph} ", style
    text = fit(f"{plain(took.status):13} {length}", COLUMN - 3)
    yield text + " " * (COLUMN - 2 - cell_len(text)), "" if alike else "bold"


def _stacked(pairs: Sequence[Pair]) -> list[Content]:
    """What has no length of its own: the name, and below it what either run has."""
    lines: list[Content] = []
    for pair in pairs:
        lines.append(Content(f"  {plain(pair.what)}"))
        lines += [_value("earlier", pair.left), _value("later", pair.right)]
    return lines


def _value(which: str, text: str) -> Content:
    shown = plain(text) or NOT
    glyph, style = CHECKS.get(shown.partition(" ")[0], ("", ""))
    return Content.assemble((f"    {which:9}", "dim"), (f"{glyph} " if glyph else "", style), shown)
