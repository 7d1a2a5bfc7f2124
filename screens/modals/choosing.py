"""A question with answers by effect: what it is about, the answers, what the picked one does, and a line for words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from screens.keys import READ_DOWN, READ_UP, bindings
from screens.modals.base import Modal
from screens.widgets.choices import Choice, Choices, Chosen, Words
from screens.widgets.pane import Frame
from screens.widgets.wrapped import Fitted, Wrapped

PICK = "↑ ↓ or a number picks · enter answers · esc looks around"
NOTHING_PICKED = "Nothing is picked yet: ↑ ↓ or a number picks, then enter answers"
FRAME, FRAME_SHORT = 9, 6
"""Lines of a modal that are neither body nor answers: its frame, the effect, a line for words, and how to answer."""

SAY = "enter answers · esc goes back to the answers"


class Choosing(Modal[Chosen]):
    """Asks by effect.

    Args:
        title: What it is.
        body: What a person needs to know to decide, or what makes it for a width.
        choices: The answers.
        tone: ``calm``, ``warning`` or ``error``: the colour of the frame.
    """

    BINDINGS = bindings([READ_DOWN, READ_UP])
    AUTO_FOCUS = "#choices"

    def __init__(
        self,
        title: Content | str,
        body: Content | Callable[[int], Content],
        choices: Sequence[Choice],
        tone: str = "calm",
    ) -> None:
        super().__init__()
        self._heading = title
        self._body = body
        self._choices = tuple(choices)
        self._tone = tone
        self._picked: Choice | None = None
        self._named = False

    def compose(self) -> ComposeResult:
        """Body, answers, the effect of the picked one, words, and how to answer."""
        with Vertical(id="dialog", classes=self._tone) as dialog:
            Frame(dialog).say(self._heading)
            with VerticalScroll(id="body", can_focus=True):
                yield Wrapped(self._body) if isinstance(self._body, Content) else Fitted(self._body)
            yield Choices(self._choices)
            yield Static("", id="effect", markup=False)
            words = Input(id="words")
            words.display = False
            yield words
            yield Static(PICK, id="hint", markup=False)

    def on_mount(self) -> None:
        """The body gets its room."""
        self._give_room()

    def on_resize(self) -> None:
        """More or less of the body has room."""
        self._give_room()

    def _give_room(self) -> None:
        """The body has what the answers leave."""
        taken = len(self._choices) + (FRAME_SHORT if self.has_class("-short") else FRAME)
        # There is no body where the application ends just as this opens.
        for body in self.query("#body"):
            body.styles.max_height = max(3, self.app.size.height - taken)
        self.call_after_refresh(self._hint_more)

    def action_read_down(self) -> None:
        """The next page of the body."""
        self.query_one("#body").scroll_page_down(animate=False)
        self.call_after_refresh(self._hint_more)

    def action_read_up(self) -> None:
        """The page of the body before."""
        self.query_one("#body").scroll_page_up(animate=False)
        self.call_after_refresh(self._hint_more)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the picked answer does."""
        if self.query_one(Choices).highlighted is None:
            return
        self.query_one("#effect", Static).update(Content.styled(self._choices[event.option_index].effect, "italic"))
        self._hint_more()

    def on_choices_nothing_picked(self) -> None:
        """Enter came before a pick: say so, or it looks as if nothing listened."""
        self._hint(Content.styled(NOTHING_PICKED, "bold $warning"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer, or ask for a name or for words first."""
        choice = self._choices[event.option_index]
        if choice.types:
            self._ask_name(choice)
        elif choice.words is Words.NONE:
            self.dismiss(Chosen(choice.answer))
        else:
            self._ask_words(choice)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with words."""
        note = event.value.strip()
        if self._picked is None:
            return
        if self._picked.types and not self._named:
            self._take_name(self._picked, event.value)
        elif self._picked.words is Words.NEEDED and not note:
            self._hint(Content.styled("Somebody has to stand for this: say why.", "bold $warning"))
        else:
            self.dismiss(Chosen(self._picked.answer, note))

    def action_close(self) -> None:
        """From the words back to the answers; from there, look around."""
        if self._picked is None:
            self.dismiss(None)
            return
        self._picked, self._named = None, False
        self._show_words(shown=False).clear()
        self._hint_more()
        self.query_one(Choices).focus()

    def _ask_name(self, choice: Choice) -> None:
        """Ask for the name of what will change: fingers that pressed Enter from habit do not know it."""
        self._picked = choice
        words = self._show_words(shown=True)
        words.placeholder = f"type {choice.types} to go on"
        words.focus()
        self._hint(_name_wanted(choice))

    def _take_name(self, choice: Choice, typed: str) -> None:
        if typed != choice.types:
            self._hint(Content.styled(f"That is not it. Type exactly: {choice.types}", "bold $warning"))
            # What is typed next takes its place.
            self.query_one("#words", Input).action_select_all()
            return
        self._named = True
        self.query_one("#words", Input).clear()
        if choice.words is Words.NONE:
            self.dismiss(Chosen(choice.answer))
        else:
            self._ask_words(choice)

    def _ask_words(self, choice: Choice) -> None:
        self._picked = choice
        words = self._show_words(shown=True)
        needed = choice.words is Words.NEEDED
        words.placeholder = "why? it goes into the report" if needed else "a word about it, or nothing"
        words.focus()
        self._hint(Content(SAY))

    def _show_words(self, *, shown: bool) -> Input:
        words = self.query_one("#words", Input)
        words.display = shown
        self.query_one(Choices).disabled = shown
        return words

    def _hint_more(self) -> None:
        """Say how to answer, and that there is more to read where there is."""
        if self._picked is not None or not self.query("#body"):
            return
        body = self.query_one("#body")
        below = int(body.max_scroll_y - body.scroll_y)
        more = Content.styled(f"▼ {below:,} more: PgDn · ", "bold $warning") if below > 0 else Content("")
        self._hint(Content.assemble(more, _unseen(self.query_one(Choices)), PICK))

    def _hint(self, content: Content) -> None:
        self.query_one("#hint", Static).update(content)


def _unseen(choices: Choices) -> Content:
    """There are more answers than are in sight."""
    below = int(choices.max_scroll_y - choices.scroll_y)
    return Content.styled(f"{below} more answers: ↓ · ", "bold $warning") if below > 0 else Content("")


def _name_wanted(choice: Choice) -> Content:
    """What to type, and in a drill that it is the name of no real host."""
    means = f" ({choice.stands_for})" if choice.stands_for else ""
    return Content.assemble(
        ("This cannot be a slip: ", "bold $warning"), f"type {choice.types}, then enter · esc", (means, "bold $success")
    )
