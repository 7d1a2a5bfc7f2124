"""The help screen: every key there is, from the one declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.content import Content

from screens.closable import Closable
from screens.keymap import area_of, keymap
from screens.keys import BACK, EVERYWHERE, Key, bindings
from screens.sizes import fold
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Pane
from screens.words import CHECKS, ENVIRONMENTS, LOOKS, STEPS

SIGNS, WORD = 3, 18
"""Signs in a line, and cells for the word of each: short enough that no line is folded between a sign and its word."""


class Help(Closable[None]):
    """Keys by group, and what the signs mean.

    Args:
        keys: The keys of the screen it was opened from.
    """

    BINDINGS = bindings([BACK], "help")

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """One page."""
        pane = Pane("help")
        pane.frame.say("Help")
        below = self.app.screen_stack[-2:][0]
        mapped = keymap(self).mapped(self._keys, area_of(below))
        pane.tell(help_told([*mapped, *keymap(self).mapped(EVERYWHERE, "everywhere")]))
        yield pane
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """It can be scrolled at once."""
        fold(self)
        self.query_one(KeyBar).show([BACK])
        self.query_one(Pane).focus()

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)


def help_told(keys: Sequence[Key]) -> Content:
    """Every key with its sentence, by group, then the signs."""
    groups = dict.fromkeys(key.group for key in keys)
    told: list[Content] = []
    for group in groups:
        told.append(Content.styled(group, "bold $primary"))
        told += [_key(key) for key in keys if key.group == group]
        told.append(Content(""))
    return Content("\n").join([*told, *_signs()])


def _key(key: Key) -> Content:
    return Content.assemble((f"  {key.face:>5}  ", "bold $accent"), (f"{key.label:12}", "bold"), key.help)


def _signs() -> Iterator[Content]:
    yield Content.styled("Signs", "bold $primary")
    yield _row("step", ((glyph, style, word) for word, (glyph, style) in STEPS.items()))
    yield _row("check", ((glyph, style, word) for word, (glyph, style) in CHECKS.items()))
    yield _row("look", ((glyph, style, word) for word, (glyph, style) in LOOKS.items()))
    yield _row("host", (("■", style, word) for word, style in ENVIRONMENTS.items()))


def _row(what: str, signs: Iterator[tuple[str, str, str]]) -> Content:
    told = [Content.assemble((glyph, style), f" {word:{WORD}}") for glyph, style, word in signs]
    lines = [Content("").join(told[start : start + SIGNS]) for start in range(0, len(told), SIGNS)]
    margin = Content("\n" + " " * len(f"  {what:>5}  "))
    return Content.assemble((f"  {what:>5}  ", "dim"), margin.join(lines))
