"""The palette: everything that can be done now, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.keymap import keymap
from screens.keys import AREAS, PALETTE, Key
from screens.modals.base import Modal
from screens.widgets.listing import Listing
from screens.widgets.pane import Frame
from screens.words import fit

HINT = "type to find · ↑ ↓ pick · enter does it · esc looks around"
NOTHING = "nothing like this can be done now"

DECLARED = {f"{area}.{key.id}": key for area, keys in AREAS.items() for key in keys if key is not PALETTE}
"""What may stand in a palette: keys of ours, and nothing that Textual binds by itself."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done.

    Args:
        name: Area and id of its key.
        key: The key as it is pressed here.
        action: What runs it.
        node: Where that is defined.
    """

    name: str
    key: Key
    action: str
    node: DOMNode


def offers(screen: Screen[object]) -> list[Offer]:
    """What can be done on this screen now, in the order of its declarations, from the keys that are active."""
    active = {one.binding.id: one for one in screen.active_bindings.values() if one.enabled and one.binding.id}
    return [
        Offer(name, mapped, active[name].binding.action, active[name].node)
        for name, key in DECLARED.items()
        if name in active
        for mapped in keymap(screen).mapped([key], name.partition(".")[0])
    ]


def run(found: Sequence[Offer], chosen: str | None) -> None:
    """Do what was chosen."""
    for offer in found:
        if offer.name == chosen:
            offer.node.app.call_later(offer.node.app.run_action, offer.action, offer.node)


def matching(found: Sequence[Offer], typed: str) -> list[Offer]:
    """What was typed is looked for in labels first, then in sentences; then its letters, in their order, in labels."""
    wanted = typed.strip().lower()
    ranked = [(_rank(offer, wanted), place, offer) for place, offer in enumerate(found)]
    return [offer for rank, _, offer in sorted(ranked, key=lambda one: one[:2]) if rank < _NOT]


_NOT = 4


def _rank(offer: Offer, wanted: str) -> int:
    label, sentence = offer.key.label.lower(), offer.key.help.lower()
    for rank, found in enumerate((label.startswith(wanted), wanted in label, wanted in sentence)):
        if found:
            return rank
    letters = iter(label)
    return 3 if all(letter in letters for letter in wanted) else _NOT


class Palette(Modal[str]):
    """Offers; its result is the name of the one that is to be done.

    Args:
        found: What can be done.
    """

    AUTO_FOCUS = "#words"

    def __init__(self, found: Sequence[Offer]) -> None:
        super().__init__()
        self._found = list(found)
        self._shown = list(found)

    def compose(self) -> ComposeResult:
        """Where is typed, what is found, and how to choose."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("What can be done now")
            yield Input(id="words", placeholder="a part of its name")
            yield Listing(id="offers", markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        """Nothing is picked beforehand, so Enter alone does nothing."""
        self._show()

    def on_resize(self) -> None:
        """What is cut to fit is cut again."""
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The first of what is found is picked."""
        self._shown = matching(self._found, event.value)
        self._show()
        self._list.highlighted = 0 if self._shown and event.value.strip() else None

    def on_key(self, event: events.Key) -> None:
        """The arrows pick while letters are typed."""
        if event.key in {"up", "down"} and self._shown:
            event.stop()
            self._list.action_cursor_up() if event.key == "up" else self._list.action_cursor_down()

    def on_input_submitted(self) -> None:
        """Do what is picked."""
        if self._list.highlighted is not None:
            self._take(self._list.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click does it."""
        self._take(event.option_index)

    @property
    def _list(self) -> Listing:
        return self.query_one("#offers", Listing)

    def _take(self, place: int) -> None:
        if place < len(self._shown):
            self.dismiss(self._shown[place].name)

    def _show(self) -> None:
        picked = self._list.highlighted
        self._list.set_options([Option(line) for line in self._lines()] or [Option(_none(), disabled=True)])
        self._list.highlighted = picked if picked is not None and picked < len(self._shown) else None

    def _lines(self) -> Iterator[Content]:
        room = self._list.scrollable_content_region.width - 1 or 60
        for offer in self._shown:
            key = offer.key
            start = f"{key.face:>7}  {key.label:12}"
            yield Content.assemble(
                (f"{key.face:>7}  ", "bold $accent"),
                (f"{key.label:12}", "bold"),
                (fit(key.help, room - len(start)), ""),
            )


def _none() -> Content:
    return Content.styled(NOTHING, "dim")
