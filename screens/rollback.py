"""The rollback on a page: the plan with worst-case times, what stays and why, and what came back, compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from screens.closable import Closable
from screens.keys import BACK, bindings
from screens.sizes import fold
from screens.view import Undoing, View
from screens.widgets.checking import columns
from screens.widgets.detail import where
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Pane
from screens.widgets.undo import rolling, signed
from screens.words import lines, many, plain
from wizard.report.packet import worst_told
from wizard.run.worst import worst_case, worst_of

FRESH = 10
"""Times a second that the page looks for news."""


class RollbackPage(Closable[None]):
    """Follows a rollback, or shows what one would do.

    Args:
        view: What is known of the run; somebody else keeps it up to date.
    """

    BINDINGS = bindings([BACK], "rollback")

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._plan = Pane("plan")
        self._compared = Pane("compared")

    def compose(self) -> ComposeResult:
        """The plan, and what came back beside what was captured."""
        yield Static("", id="undo-heading", markup=False)
        with Container(id="undo-page"):
            yield self._plan
            yield self._compared
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """Show it, and keep up."""
        fold(self)
        self.query_one(KeyBar).show([BACK])
        self._plan.focus()
        self._show()
        self.set_interval(1 / FRESH, self._show)

    def on_resize(self) -> None:
        """Columns are as wide as there is room."""
        self.call_after_refresh(self._show)

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    def _show(self) -> None:
        view = self._view
        undoing = view.undoing if rolling(view) else None
        steps = undoing.plan if undoing else view.state.undo_stack
        self.query_one("#undo-heading", Static).update(_heading(view, undoing, steps))
        self._plan.frame.say("Plan, newest first", many(len(steps), "step") if steps else "")
        self._plan.tell(plan_told(view, undoing, steps))
        self._compared.set_class(view.undoing is None, "hidden")
        self._compared.frame.say("Captured beside restored")
        width = self._compared.scrollable_content_region.width
        self._compared.tell(compared_told(view, view.undoing, width))


def _heading(view: View, undoing: Undoing | None, steps: Sequence[str]) -> Content:
    written = [one for one in map(view.documented, steps) if one]
    if undoing is None:
        rest = f"all of it: {worst_told(worst_of(written))}" if written else "nothing is on the undo stack"
        return Content.assemble((" What a rollback would do", "bold"), f" · {rest}")
    left = [one for one in written if one.id not in undoing.ended]
    word = plain(undoing.outcome) if undoing.outcome else f"{len(undoing.ended)} of {len(undoing.plan)} done"
    rest = "" if undoing.outcome else f", the rest {worst_told(worst_of(left))}"
    return Content.assemble((" ◀ Rollback", "bold $secondary"), f" · {plain(undoing.scope)} · {word}{rest}")


def plan_told(view: View, undoing: Undoing | None, steps: Sequence[str]) -> Content:
    """Every step with how it stands, where, how it is taken back, and at worst how long."""
    if not steps:
        return Content.styled("nothing to undo", "dim")
    told = [line for step in steps for line in _planned(view, undoing, step)]
    late = "a service that was running is started last, on what was put back" if undoing is None else ""
    return Content("\n").join([*told, *([Content.styled(late, "dim")] if late else [])])


def _planned(view: View, undoing: Undoing | None, step: str) -> Iterator[Content]:
    state, written = view.state.steps.get(step), view.documented(step)
    if state is None:
        yield Content(plain(step))
        return
    sign = signed(undoing, step) if undoing else Content("")
    yield Content.assemble(sign, (view.named(step), "bold"))
    yield Content.assemble("    ", ("on ", "dim"), where(view, state.host))
    stays = view.cannot_be_undone(step)
    if stays:
        yield Content.assemble("    ", ("stays ", "bold $warning"), plain(stays))
        return
    for place, line in enumerate(lines(state.undo)):
        yield Content.assemble("    ", ("undo " if place == 0 else "     ", "dim"), line)
    if written:
        yield Content.assemble("    ", ("worst ", "dim"), worst_told(worst_case(written)))


def compared_told(view: View, undoing: Undoing | None, width: int) -> Content:
    """Each thing that had changed: as captured, beside how it was found and what became of it."""
    if undoing is None:
        return Content.styled(
            "Each step's state is compared with what was captured before it, once it is undone.", "dim"
        )
    told = [line for step in undoing.plan if step in undoing.ended for line in _compared(view, undoing, step, width)]
    return Content("\n").join(told) if told else Content.styled("nothing is undone yet", "dim")


def _compared(view: View, undoing: Undoing, step: str, width: int) -> Iterator[Content]:
    ended = undoing.ended[step]
    yield Content.assemble(signed(undoing, step), (view.named(step), "bold"))
    if ended.reason:
        yield Content.assemble("    ", (plain(ended.reason), "dim"))
    left = {str(one.get("where")): one for one in ended.differences}
    found = {str(one.get("where")): one for one in ended.changed}
    room = max(10, (width - 5) // 2)
    for place, one in {**found, **left}.items():
        yield Content.assemble("  ", (plain(place), ""))
        still = place in left
        was, now = plain(str(one.get("before"))), plain(str(found.get(place, one).get("now")))
        is_now = plain(str(left[place].get("now"))) if still else was
        yield from columns(Content.styled(f"captured {was}", "dim"), _became(now, is_now, still=still), room)
    if not found and not left and not ended.reason:
        yield Content.styled("    nothing differed", "dim")


def _became(found: str, now: str, *, still: bool) -> Content:
    """How it was found ahead of the undo, and how it is now."""
    if still:
        return Content.assemble(("✘ still ", "bold $error"), (now, "$error"))
    return Content.assemble(("✔ again ", "bold $success"), now, (f"   was {found}", "dim"))
