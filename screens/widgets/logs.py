"""The logs of a run: one host's, all hosts' as one, or side by side; and the search through the one in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer

from screens.interleaved import Interleaved
from screens.logbuffer import LogBuffer
from screens.search import Needle, Search
from screens.widgets.findbar import FindBar
from screens.widgets.logpane import LogPane

ONE, TOGETHER, APART = "one", "together", "apart"
"""How the logs of several hosts are shown."""

FRAMES = 30
"""Looks a second at how far a search is."""

SETTLED = 0.12
"""Seconds without a key after which what was typed is searched for."""

NARROWEST = 40
"""Columns of a log below which they are put one below the other, not side by side."""


class Logs(Vertical):
    """Panes, and the line of the search."""

    def __init__(self) -> None:
        super().__init__(id="logs")
        self.layout_of_hosts = ONE
        self.times = False
        self.wrap = False
        self._needle: Needle | None = None
        self._search: Search | None = None
        self._from: int | None = None
        self._last = ""
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        """One pane, and the line that is out of sight until it is wanted."""
        with Container(id="streams"):
            yield LogPane()
        bar = FindBar()
        bar.display = False
        yield bar

    def on_mount(self) -> None:
        """Keep up with a search."""
        self._looking = self.set_interval(1 / FRAMES, self._keep_up, pause=True)

    @property
    def panes(self) -> Sequence[LogPane]:
        """All of them; the first is always there."""
        return list(self.query(LogPane))

    @property
    def pane(self) -> LogPane:
        """The one in use: which has the focus, else which had it last, else the first."""
        panes = self.panes
        for pane in panes:
            if pane.has_focus:
                self._last = pane.id or ""
        return next((pane for pane in panes if pane.id == self._last), panes[0])

    def show(self, host: str, logs: Mapping[str, LogBuffer], together: Interleaved, name: Callable[[str], str]) -> None:
        """Show what the hosts printed.

        Args:
            host: Whose log is looked at, where it is one.
            logs: All of them.
            together: They as one.
            name: A host in words.
        """
        if self.layout_of_hosts == APART and len(logs) > 1:
            self._have(len(logs))
            for pane, (each, log) in zip(self.panes, logs.items(), strict=False):
                pane.look_at(name(each), log)
        else:
            self._have(1)
            if self.layout_of_hosts == TOGETHER and len(logs) > 1:
                self.panes[0].look_at("all hosts · O: side by side", together)
            else:
                others = f" · o: {len(logs) - 1} more" if len(logs) > 1 else ""
                self.panes[0].look_at(f"{name(host)}{others}" if host else "", logs.get(host))
        for pane in self.panes:
            pane.keep_up()

    @property
    def behind(self) -> bool:
        """More has come than is shown."""
        return any(pane.behind for pane in self.panes)

    def cycle(self) -> None:
        """The next way to show several hosts."""
        ways = (ONE, TOGETHER, APART)
        self.layout_of_hosts = ways[(ways.index(self.layout_of_hosts) + 1) % len(ways)]

    def look(self) -> None:
        """Lines as they are wanted now, in every pane."""
        for pane in self.panes:
            searched = self._search is not None and self._search.log is pane.log_shown
            pane.look(times=self.times, wrap=self.wrap, needle=self._needle if searched else None)

    def follow(self) -> None:
        """Back to the end, everywhere."""
        for pane in self.panes:
            pane.follow()

    def find(self) -> None:
        """Open the line of the search."""
        self.pane  # noqa: B018 - note which one has the focus before the line takes it
        self.query_one(FindBar).open()

    def on_find_bar_changed(self, event: FindBar.Changed) -> None:
        """Search for something else, from what is in sight."""
        event.stop()
        self._needle = event.needle
        if self._typing:
            self._typing.stop()
        self._typing = self.set_timer(SETTLED, self._typed)

    def _typed(self) -> None:
        self._begin(self.pane)
        self._from = self.pane.top if self._needle else None
        self.look()

    def on_find_bar_wanted(self, event: FindBar.Wanted) -> None:
        """On, back, or no more."""
        event.stop()
        self._wanted(event.step)

    def on_log_pane_wanted(self, event: LogPane.Wanted) -> None:
        """The same by the keys of the log."""
        event.stop()
        self._wanted(event.step)

    def on_resize(self) -> None:
        """Side by side where there is room."""
        self._fold()

    def _wanted(self, step: int) -> None:
        if step:
            self._step(step)
        else:
            self._close()

    def _step(self, step: int) -> None:
        if self._typing and self._needle is not (self._search and self._search.needle):
            self._typing.stop()
            self._typed()
        if self._search is None:
            return
        at = self.pane.at if self.pane.at is not None else self.pane.top - 1
        line = self._search.after(at + 1) if step > 0 else self._search.before(at - 1)
        if line is not None:
            self.pane.go_to(line)
        self._tell()

    def _close(self) -> None:
        pane = self.pane
        self.query_one(FindBar).display = False
        if self._typing:
            self._typing.stop()
        self._needle, self._from = None, None
        self._begin(pane)
        self.look()
        pane.focus()

    def _begin(self, pane: LogPane) -> None:
        if self._search:
            self._search.end()
        self._search = Search(self._needle, pane.log_shown) if self._needle else None
        pane.at = None
        if self._search:
            self._looking.resume()
        else:
            self._looking.pause()
        self._keep_up()

    def _keep_up(self) -> None:
        """Look at how far the search is; it goes to the first that was found from where one was."""
        search, pane = self._search, self.pane
        if search and search.log is not pane.log_shown:
            self._begin(pane)
            self.look()
            return
        if search:
            search.keep_up()
            self._arrive(search, pane)
        self._tell()

    def _arrive(self, search: Search, pane: LogPane) -> None:
        if self._from is None or not search.hits or (search.behind and search.hits[-1] < self._from):
            return
        line = search.after(self._from)
        self._from = None
        if line is not None:
            pane.go_to(line)

    def _tell(self) -> None:
        pane = self.pane
        at = pane.at if pane.at is not None else -1
        self.query_one(FindBar).say(self._search.told(at) if self._search else "")

    def _have(self, count: int) -> None:
        """As many panes as there are logs."""
        panes, streams = self.panes, self.query_one("#streams")
        if len(panes) == count:
            return
        for pane in panes[count:]:
            pane.remove()
        more = [LogPane(f"log-{number}") for number in range(len(panes), count)]
        if more:
            streams.mount_all(more)
        self.call_after_refresh(self.look)
        self._fold()

    def _fold(self) -> None:
        streams = self.query_one("#streams")
        streams.set_class(self.size.width < NARROWEST * len(self.panes), "stacked")
