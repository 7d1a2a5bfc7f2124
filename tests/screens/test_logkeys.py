"""What is done with a log: searched, wrapped, told by the clock, jumped in, copied, saved, lent to other programs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.widgets import Input

from screens.modals.jump import Jump
from screens.modals.save import AskWhere
from screens.widgets.findbar import FindBar
from screens.widgets.logpane import LogPane
from tests.screens.logstories import in_sight, log_of, opened, printed, until
from tests.screens.stories import Held
from wizard.run.recorder import Output


def told(app: object) -> str:
    """What the line of the search says."""
    return str(app.screen.query_one("#find-count").render())  # type: ignore[attr-defined]


async def test_a_search_goes_to_what_it_finds_and_round_and_stays_there_when_it_is_closed() -> None:
    async with opened() as (app, screen, pilot):
        await pilot.press("slash", *"line 05")
        await until(pilot, lambda: told(app) == "1 of 10")
        assert not log_of(app).following
        await pilot.press("enter")
        await until(pilot, lambda: told(app) == "2 of 10")
        assert any("line 051" in row for row in in_sight(log_of(app)))
        await pilot.press("up", "up")
        await until(pilot, lambda: told(app) == "10 of 10")
        await pilot.press("tab")
        screen.logs.pane.focus()
        await pilot.press("n")
        await until(pilot, lambda: told(app) == "1 of 10")
        await pilot.press("N")
        await until(pilot, lambda: told(app) == "10 of 10")
        before = in_sight(log_of(app))
        await pilot.press("escape")
        await pilot.pause()
        assert not app.screen.query_one(FindBar).display
        assert in_sight(log_of(app))[: len(before)] == before
        assert app.screen is screen


async def test_a_letter_of_the_search_moves_nothing_else_on_the_screen() -> None:
    async with opened() as (app, screen, pilot):
        await pilot.press("slash", "z")
        await until(pilot, lambda: told(app) == "not found")
        laid_out: list[object] = []
        screen.screen_layout_refresh_signal.subscribe(screen, laid_out.append, immediate=True)
        await pilot.press("z", "backspace", "left", "y")
        await pilot.pause()
        assert app.screen.query_one("#find-words", Input).value == "yz"
        assert not laid_out


async def test_without_a_search_n_is_a_note() -> None:
    async with opened() as (app, screen, pilot):
        await pilot.press("n")
        await pilot.pause()
        assert app.screen is not screen


async def test_a_search_says_that_nothing_is_found_and_finds_what_comes_later() -> None:
    source = printed()
    async with opened(source) as (app, _screen, pilot):
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: told(app) == "not found")
        source.output(Output("chown", "stock", b"a Needle at last\n"))
        await until(pilot, lambda: told(app) == "1 of 1")


async def test_the_times_of_lines_are_shown_and_taken_away() -> None:
    async with opened() as (app, _screen, pilot):
        await pilot.press("t")
        await pilot.pause()
        assert in_sight(log_of(app))[-1].startswith("02:21:07Z stock line 119")
        await pilot.press("t")
        await pilot.pause()
        assert in_sight(log_of(app))[-1].startswith("stock line 119")


async def test_what_was_printed_before_has_the_time_of_the_journal() -> None:
    async with opened(printed(0)) as (app, _screen, pilot):
        await pilot.press("t")
        await pilot.pause()
        rows = [row for row in in_sight(log_of(app)) if row]
        assert rows
        assert all(row.startswith("02:1") for row in rows)


async def test_wrapped_lines_are_whole_and_the_end_is_in_sight() -> None:
    source = printed()
    async with opened(source) as (app, _screen, pilot):
        await pilot.press("w")
        await pilot.pause()
        rows = in_sight(log_of(app))
        last = max(place for place, row in enumerate(rows) if row.startswith("stock line 119"))
        text = f"stock line 119, every tenth is odd: {'and so on ' * 12}".rstrip()
        assert "".join(row.ljust(log_of(app).scrollable_content_region.width) for row in rows[last:]).rstrip() == text
        source.output(Output("chown", "stock", b"one more\n"))
        await until(pilot, lambda: "one more" in in_sight(log_of(app)))
        await pilot.press("home")
        await pilot.pause()
        assert in_sight(log_of(app))[0].startswith("── ")
        await pilot.press("end")
        await pilot.pause()
        assert "one more" in in_sight(log_of(app))


async def test_the_logs_of_all_hosts_as_one_and_side_by_side() -> None:
    async with opened() as (app, screen, pilot):
        await pilot.press("O")
        await pilot.pause()
        rows = [row for row in in_sight(log_of(app)) if "line 11" in row or "says 11" in row]
        place = next(place for place, row in enumerate(rows) if row.startswith("gate  │ gate says 110"))
        assert rows[place - 1].startswith("stock │ stock line 110")
        assert rows[place + 1].startswith("stock │ stock line 111")
        await pilot.press("O")
        await until(pilot, lambda: len(screen.logs.panes) > 1)
        shown = ["\n".join(in_sight(pane)) for pane in screen.logs.panes]
        assert ["stock line 119" in text for text in shown].count(True) == 1
        assert ["gate says 110" in text for text in shown].count(True) == 1
        await pilot.press("O")
        await until(pilot, lambda: len(screen.logs.panes) == 1)


@pytest.mark.parametrize(("size", "beside"), [((120, 40), False), ((200, 40), True)])
async def test_hosts_side_by_side_fold_where_there_is_no_room(size: tuple[int, int], beside: bool) -> None:  # noqa: FBT001
    async with opened(size=size) as (_app, screen, pilot):
        await pilot.press("O", "O")
        await until(pilot, lambda: len(screen.logs.panes) > 1)
        first, second = (pane.region for pane in screen.logs.panes[:2])
        assert (first.y == second.y) is beside


async def test_a_search_in_all_hosts_finds_lines_of_each() -> None:
    async with opened() as (app, _screen, pilot):
        await pilot.press("O", "slash", *"1")
        await until(pilot, lambda: " of " in told(app))
        found = told(app)
        await pilot.press("ctrl+u", *"Error in the gate")
        await until(pilot, lambda: told(app).endswith(" of 12"))
        assert found != told(app)


async def test_a_jump_goes_to_the_beginning_of_a_step() -> None:
    held = Held()
    async with opened(held=held) as (app, screen, pilot):
        await pilot.press("j")
        await pilot.pause()
        assert isinstance(app.screen, Jump)
        held.later()
        await pilot.press(*"2.1", "enter")
        await pilot.pause()
        assert app.screen is screen
        assert any("2.1 Stop the server" in row for row in in_sight(log_of(app)))
        assert not log_of(app).following


async def test_what_is_in_sight_is_copied_and_is_harmless() -> None:
    source = printed()
    source.output(Output("chown", "stock", b"\x1b]52;c;aGk=\x07 the last\n"))
    async with opened(source) as (app, _screen, pilot):
        await until(pilot, lambda: "the last" in in_sight(log_of(app))[-1])
        await pilot.press("y")
        await pilot.pause()
        assert app.clipboard.splitlines()[-1] == "␛]52;c;aGk=␇ the last"
        assert "stock line 119" in app.clipboard


async def test_what_is_selected_is_copied() -> None:
    async with opened() as (app, _screen, pilot):
        pane = log_of(app)
        height = pane.region.height
        await pilot.mouse_down(LogPane, offset=(8, height - 3))
        await pilot.hover(LogPane, offset=(14, height - 2))
        await pilot.mouse_up(LogPane, offset=(14, height - 2))
        await pilot.press("y")
        await pilot.pause()
        first, second = app.clipboard.splitlines()
        assert first.startswith("line 118, every tenth")
        assert second == "stock line 11"


async def test_a_log_is_saved_whole_for_nobody_else_and_never_over_a_file_without_a_word(tmp_path: Path) -> None:
    held, path = Held(), tmp_path / "kept.log"
    async with opened(held=held) as (app, screen, pilot):

        async def save() -> None:
            await pilot.press("S")
            await pilot.pause()
            held.later()
            app.screen.query_one("#words", Input).value = str(path)
            await pilot.press("enter")
            await pilot.pause()

        await save()
        await until(pilot, path.exists)
        lines = path.read_text().splitlines()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert any(line.startswith("stock line 000") for line in lines)
        assert lines[-1].startswith("stock line 119")
        assert "── 2.2 Give the directory to stock ──" in lines
        path.write_text("mine")
        await save()
        assert isinstance(app.screen, AskWhere)
        assert path.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: path.read_text() != "mine")
        assert app.screen is screen


async def test_a_log_that_cannot_be_saved_is_said(tmp_path: Path) -> None:
    held = Held()
    async with opened(held=held) as (app, _screen, pilot):
        await pilot.press("S")
        await pilot.pause()
        held.later()
        app.screen.query_one("#words", Input).value = str(tmp_path / "missing" / "x.log")
        await pilot.press("enter")
        await until(pilot, lambda: any("cannot be saved" in note.message for note in app._notifications))


async def test_a_terminal_that_cannot_be_lent_is_said() -> None:
    async with opened() as (app, _screen, pilot):
        await pilot.press("v")
        await until(pilot, lambda: any("cannot be lent" in note.message for note in app._notifications))


async def test_a_click_on_what_has_come_since_brings_one_back() -> None:
    source = printed()
    async with opened(source) as (app, _screen, pilot):
        await pilot.press("home")
        source.output(Output("chown", "stock", b"more\n"))
        await until(pilot, lambda: "+1 line below" in str(log_of(app).border_title))
        await pilot.click(LogPane, offset=(40, 0))
        await until(pilot, lambda: in_sight(log_of(app))[-1] == "more")
        assert log_of(app).following
