"""What a rollback would do right now, and what it does while it is carried out."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from screens.view import Undoing, View
from screens.widgets.detail import where
from screens.widgets.pane import Pane
from screens.words import UNDOS, elapsed, many, plain


class UndoStack(Pane):
    """What a rollback would do right now, newest first."""

    def __init__(self) -> None:
        super().__init__("undo")

    def show(self, view: View) -> None:
        """Tell the stack."""
        stack = view.state.undo_stack
        self.frame.say("Undo stack", many(len(stack), "step") if stack else "")
        self.tell(stack_told(view))


class RollbackPane(Pane):
    """A rollback, each undo with its outcome; in sight only while there is one."""

    def __init__(self) -> None:
        super().__init__("rollback")
        self._seen = ""

    def show(self, view: View) -> bool:
        """Tell the rollback; False where there is none."""
        undoing = view.undoing if rolling(view) else None
        self.set_class(undoing is None, "hidden")
        if undoing:
            self.frame.say(*_frame(undoing))
            self.tell(rollback_told(view, undoing))
            self._keep_in_sight(view, undoing)
        return undoing is not None

    def _keep_in_sight(self, view: View, undoing: Undoing) -> None:
        """The undo that is under way, or the end; once each, so that looking elsewhere is not disturbed."""
        if undoing.now != self._seen:
            self._seen = undoing.now
            done = [line for step in undoing.plan if step in undoing.ended for line in _undo(view, undoing, step)]
            line = max(0, len(done) - self.scrollable_content_region.height + 2)
            self.call_after_refresh(self.scroll_to, y=line, animate=False)


def rolling(view: View) -> bool:
    """A rollback is under way, or it is the last thing that happened."""
    return bool(view.state.rolling or (view.undoing and view.undoing.outcome and not view.state.current))


def stack_told(view: View) -> Content:
    """The steps that would be undone, newest first."""
    if not view.state.undo_stack:
        return Content.styled("nothing to undo", "dim")
    told = [Content.assemble((view.place(step), "bold"), f" {_title(view, step)}") for step in view.state.undo_stack]
    return Content("\n").join(told)


def _title(view: View, step: str) -> str:
    return plain(view.state.steps[step].title)


def _frame(undoing: Undoing) -> tuple[Content, str]:
    title = Content.assemble(("◀ Rollback", "bold $secondary"), f" · {plain(undoing.scope)}")
    done = f"{len(undoing.ended)} of {len(undoing.plan)}"
    return title, f"{plain(undoing.outcome)} · {done}" if undoing.outcome else done


def rollback_told(view: View, undoing: Undoing) -> Content:
    """Each undo in the order of the plan, with its outcome."""
    told = [line for step in undoing.plan for line in _undo(view, undoing, step)]
    return Content("\n").join(told) if told else Content.styled("nothing to undo", "dim")


def signed(undoing: Undoing, step: str) -> Content:
    """How the undo of a step stands, as sign and words."""
    ended = undoing.ended.get(step)
    if ended:
        glyph, style = UNDOS.get(ended.outcome, ("✘", "$error"))
        return Content.styled(f"{glyph} {plain(ended.outcome):17}", style)
    if undoing.now == step:
        return Content.styled("● undoing          ", "bold $accent")
    return Content.styled("– not reached      " if undoing.outcome else "○ to come          ", "dim")


def _undo(view: View, undoing: Undoing, step: str) -> Iterator[Content]:
    name = f"{view.place(step)} {_title(view, step)}" if step in view.state.steps else plain(step)
    ended = undoing.ended.get(step)
    if ended is None:
        now = undoing.now == step
        host = where(view, view.state.steps[step].host) if now and step in view.state.steps else Content("")
        yield Content.assemble(signed(undoing, step), (name, "bold" if now else "dim"), "  " if now else "", host)
        return
    took = f"  {elapsed(ended.seconds)}" if ended.seconds >= 1 else ""
    yield Content.assemble(signed(undoing, step), name, (took, "dim"))
    if ended.reason:
        yield Content.assemble("    ", (plain(ended.reason), "dim" if ended.outcome != "failed" else "$error"))
    for left in ended.differences:
        was = f"{left.get('where')}: was {left.get('before')}, is {left.get('now')}"
        yield Content.assemble("    ", (plain(was), "$error"))
