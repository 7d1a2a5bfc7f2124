"""What the run screen does with its logs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screens.closable import Closable
from screens.elsewhere import EDITORS, PAGERS, named, open_in
from screens.logcopy import copied, save
from screens.modals.jump import Jump
from screens.modals.save import AskWhere, Where
from screens.widgets.logpaint import shown
from screens.widgets.logpane import LogPane
from screens.widgets.logs import Logs
from screens.words import many, plain
from wizard.errors import WizardError

if TYPE_CHECKING:
    from screens.source import Source
    from screens.steering import Steering
    from screens.view import View


class LogKeys(Closable[None]):
    """The actions of the log's keys, wherever the focus is."""

    source: Source
    view: View
    _steering: Steering

    @property
    def logs(self) -> Logs:
        """The logs."""
        return self.query_one(Logs)

    def show_logs(self) -> None:
        """Show what came."""
        self.logs.show(self.log_wanted(), self.view.logs, self.view.together, self.view.host)

    def log_wanted(self) -> str:
        """Whose log is to be shown, where it is one."""
        raise NotImplementedError

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""
        raise NotImplementedError

    def action_search(self) -> None:
        """Search the log."""
        self.logs.find()

    def action_times(self) -> None:
        """When each line came, or no more of it."""
        self.logs.times = not self.logs.times
        self.logs.look()

    def action_wrap(self) -> None:
        """Wrap lines, or cut them."""
        self.logs.wrap = not self.logs.wrap
        self.logs.look()

    def action_streams(self) -> None:
        """The logs of several hosts in the next way."""
        self.logs.cycle()
        self.show_logs()

    def action_jump(self) -> None:
        """To the beginning of a step."""
        pane = self.logs.pane

        def chosen(number: int | None) -> None:
            if number is not None:
                pane.go_to(number)

        self._steering.ask(Jump(_marks(pane), pane.top), chosen)

    def action_copy(self) -> None:
        """Copy what is selected, or what is in sight."""
        selected = self.get_selected_text()
        text = selected or self.logs.pane.in_sight()
        self.app.copy_to_clipboard(text)
        what = "what is selected" if selected else many(text.count("\n") + 1, "line")
        self.say(f"Copied {what}, where this terminal lets a program do so.")

    def action_save_log(self) -> None:
        """Save the whole log."""
        pane = self.logs.pane
        host = "".join(letter if letter.isalnum() else "-" for letter in self.log_wanted()) or "log"
        proposed = Path.cwd() / f"{self.source.directory.name or 'run'}-{host}.log"

        def chosen(where: Where | None) -> None:
            if where is not None:
                self.run_worker(self._save(pane, where), group="log")

        self._steering.ask(AskWhere("Save the log", proposed, os.path.lexists), chosen)

    def action_page_log(self) -> None:
        """Read the whole log in a pager."""
        self._open(PAGERS, "less")

    def action_edit_log(self) -> None:
        """Open a copy of the whole log in an editor."""
        self._open(EDITORS, "vi")

    async def _save(self, pane: LogPane, where: Where) -> None:
        lines = pane.log_shown.complete
        try:
            await asyncio.to_thread(save, pane.log_shown, where.path, over=where.over)
        except WizardError as problem:
            self.say(str(problem), wrong=True)
        else:
            self.say(f"Saved {many(lines, 'line')} to {where.path}")

    def _open(self, variables: Sequence[str], otherwise: str) -> None:
        try:
            words = named(variables, otherwise)
        except WizardError as problem:
            self.say(str(problem), wrong=True)
            return
        self.run_worker(self._opened(words), group="log", exclusive=True)

    async def _opened(self, words: Sequence[str]) -> None:
        """The copy is made beside the interface; while the program has the terminal, the engine goes on."""
        try:
            copy = await asyncio.to_thread(copied, self.logs.pane.log_shown)
        except OSError as error:
            self.say(f"the log cannot be copied: {error.strerror}", wrong=True)
            return
        try:
            open_in(self.app, words, copy)
        except WizardError as problem:
            self.say(plain(str(problem)), wrong=True)
        finally:
            copy.unlink(missing_ok=True)


def _marks(pane: LogPane) -> list[tuple[int, str]]:
    log = pane.log_shown
    lines = ((number, log.line(number)) for number in log.marks)
    return [(number, shown(line).strip("─ ")) for number, line in lines if line]
