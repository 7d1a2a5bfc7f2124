"""The log pane: it follows, it never takes the scroll away, and nothing in it is obeyed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from screens.logbuffer import LogBuffer
from screens.widgets.logpane import LogPane

HOSTILE = b"\x1b]52;c;aGk=\x07 [bold red]x[/] \x9b31m \xe2\x80\xae [@click=app.quit]y[/] [/oops]\r\n"


class Page(App[None]):
    """A log pane, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.buffer = LogBuffer()

    def compose(self) -> ComposeResult:
        yield LogPane()

    def on_mount(self) -> None:
        self.pane.look_at("stock", self.buffer)
        self.pane.focus()

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)

    def more(self, count: int, first: int = 0) -> None:
        """Lines come, and a frame later the pane takes notice."""
        self.buffer.feed(b"".join(b"line %05d\n" % number for number in range(first, first + count)))
        self.pane.keep_up()

    def shown(self) -> list[str]:
        """The lines in sight."""
        pane = self.pane
        return [pane.render_line(y).text.rstrip() for y in range(pane.scrollable_content_region.height)]


@asynccontextmanager
async def page() -> AsyncIterator[tuple[Page, Pilot[None]]]:
    app = Page()
    async with app.run_test(size=(80, 20)) as pilot:
        yield app, pilot


async def test_it_follows_the_end() -> None:
    async with page() as (app, pilot):
        app.more(1000)
        await pilot.pause()
        assert app.shown()[-1] == "line 00999"
        app.more(1000, first=1000)
        assert app.shown()[-1] == "line 01999"


async def test_what_comes_never_takes_the_scroll_away() -> None:
    async with page() as (app, pilot):
        app.more(1000)
        await pilot.pause()
        await pilot.press("home")
        await pilot.pause()
        assert app.shown()[0] == "line 00000"
        app.more(5000, first=1000)
        await pilot.pause()
        assert app.shown()[0] == "line 00000"
        assert "+5,000 lines below" in str(app.pane.border_title)


async def test_the_end_key_and_follow_bring_one_back() -> None:
    async with page() as (app, pilot):
        app.more(1000)
        await pilot.pause()
        await pilot.press("pageup")
        app.more(10, first=1000)
        await pilot.press("end")
        await pilot.pause()
        assert app.pane.following
        await pilot.press("pageup")
        app.more(10, first=1010)
        app.pane.follow()
        await pilot.pause()
        app.more(1, first=1020)
        assert app.shown()[-1] == "line 01020"


async def test_a_place_stays_where_it_is_when_older_lines_leave_memory() -> None:
    async with page() as (app, pilot):
        app.buffer = LogBuffer(window=100_000)
        app.pane.look_at("stock", app.buffer)
        app.more(5000)
        await pilot.pause()
        await pilot.press("pageup")
        await pilot.pause()
        before = app.shown()
        app.more(20_000, first=5000)
        await pilot.pause()
        assert app.shown() == before
        await pilot.press("pageup")
        await pilot.pause()
        assert app.shown()[0].startswith("· no longer to be had")
        await pilot.press("end")
        await pilot.pause()
        assert app.shown()[-1] == "line 24999"


async def test_a_line_without_an_end_is_shown_as_it_grows() -> None:
    async with page() as (app, pilot):
        app.buffer.feed(b"working")
        app.pane.keep_up()
        await pilot.pause()
        assert app.shown()[0] == "working"
        app.buffer.feed(b" ... done")
        app.pane.keep_up()
        assert app.shown()[0] == "working ... done"


async def test_what_is_too_wide_says_so_and_can_be_scrolled_to() -> None:
    async with page() as (app, pilot):
        app.buffer.feed(b"x" * 100 + b"end\n")
        app.pane.keep_up()
        await pilot.pause()
        assert app.shown()[0].endswith("›")
        app.pane.keep_up()
        await pilot.pause()
        await pilot.press(*["right"] * 40)
        await pilot.pause()
        assert app.shown()[0].rstrip().endswith("end")


async def test_nothing_in_a_log_is_obeyed() -> None:
    async with page() as (app, pilot):
        app.buffer.feed(HOSTILE)
        app.pane.keep_up()
        await pilot.pause()
        shown = app.shown()[0]
        assert "[@click=app.quit]y[/] [/oops]" in shown
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(shown)
        await pilot.click(LogPane, offset=(45, 1))
        assert app.is_running
