"""The start screen: what is typed finds, a live run is watched, two runs are compared, and many runs hold nobody up."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList

from screens.compare import Compare, told
from screens.modals.pick import PickRun
from screens.shelf import Shelf
from screens.start import OWN, Start
from screens.watch import WatchScreen
from screens.watched import WatchedRun
from screens.widgets.choices import Choices
from tests.fixtures.journals import make
from tests.screens.fake_shelf import FakeShelf, many_runs
from tests.screens.sandbox import HARBOUR
from tests.screens.start_driver import StartDriver, drive_start
from tests.screens.stories import interface_of, records
from tests.screens.workers import settled
from tests.support.scale import scaled
from wizard.redact import Redactor
from wizard.report.comparing import compare
from wizard.run import events as ev
from wizard.run.journal import Journal
from wizard.run.listing import RunSummary, summary
from wizard.run.preparation import shipped

JOURNALS = Path(make.__file__).parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def keep(home: Path, name: str, run: str) -> Path:
    """A past run from a journal of the fixtures."""
    for folder in ("state", "state/runs"):
        (home / folder).mkdir(mode=0o700, exist_ok=True)
    directory = home / "state" / "runs" / run
    directory.mkdir(mode=0o700)
    shutil.copy(JOURNALS / f"{name}.jsonl", directory / "events.jsonl")
    return directory


def shown(driver: StartDriver, name: str) -> list[str]:
    """The lines of a list."""
    return [str(option.prompt) for option in driver.screen.query_one(f"#{name}", OptionList).options]


async def read(driver: StartDriver) -> None:
    """Wait until everything was read."""
    await driver.until(lambda: isinstance(driver.screen, Start) and driver.screen._whole)


async def pick(driver: StartDriver, answer: str) -> None:
    """Pick an answer by its effect."""
    await driver.until(lambda: isinstance(driver.sitting._app.focused, Choices))
    choices = driver.screen.query_one(Choices)
    choices.highlighted = next(place for place, one in enumerate(choices.choices) if one.answer == answer)
    await driver.press("enter")


async def test_what_is_typed_finds_and_escape_shows_all_again() -> None:
    async with drive_start(lambda opens: Start(opens, FakeShelf(many_runs()))) as driver:
        await read(driver)
        assert len(shown(driver, "runs")) == 300
        await driver.press("slash", *"CRASHED log")
        assert len(shown(driver, "runs")) == 16
        assert all("crashed" in line and "log-level" in line for line in shown(driver, "runs"))
        assert shown(driver, "checklists") == [OWN]
        await driver.press("escape")
        assert len(shown(driver, "runs")) == 300
        assert len(shown(driver, "checklists")) == 4
        assert driver.sitting._app.focused is driver.screen.query_one("#checklists")


async def test_letters_that_are_keys_elsewhere_are_typed_into_the_words() -> None:
    async with drive_start(lambda opens: Start(opens, FakeShelf(many_runs()))) as driver:
        await read(driver)
        await driver.press("slash", "q", "question_mark")
        assert driver.screen.query_one(Input).value == "q?"
        assert shown(driver, "runs") == ["no run has these words"]
        await driver.press("enter")
        assert isinstance(driver.screen, Start)


async def test_enter_goes_to_what_was_found_and_opens_that_run() -> None:
    async with drive_start(lambda opens: Start(opens, FakeShelf(many_runs()))) as driver:
        await read(driver)
        await driver.press("slash", *"mitigated log", "enter")
        assert driver.sitting._app.focused is driver.screen.query_one("#runs")
        await driver.press("enter")
        assert driver.screen.query_one(Choices).choices
        assert "mitigated" in str(driver.screen.query_one("#body").query_one("Wrapped").render())


class Slow(FakeShelf):
    """Reads a page, then waits until it is let on."""

    def __init__(self, runs: list[RunSummary]) -> None:
        super().__init__(runs)
        self.on = threading.Event()

    def runs(self) -> Iterator[list[RunSummary]]:
        """A few, and the rest once that is wanted."""
        yield self._stock[:20]
        self.on.wait(60)
        yield self._stock[20:]


async def test_the_newest_runs_are_there_while_the_others_are_read_and_the_picked_one_stays() -> None:
    shelf = Slow(many_runs())
    async with drive_start(lambda opens: Start(opens, shelf)) as driver:
        await driver.until(lambda: len(shown(driver, "runs")) == 20)
        await driver.press("tab", "down", "down", "down")
        runs = driver.screen.query_one("#runs", OptionList)
        assert runs.highlighted == 3
        shelf.on.set()
        await read(driver)
        assert len(shown(driver, "runs")) == 300
        assert runs.highlighted == 3


async def test_a_live_run_is_watched_and_left_without_disturbing_it(home: Path) -> None:
    directory = keep(home, "clean", "20260314-021500-0a1b-stock-save")
    journal = Journal(directory, Redactor([]), who="dana")
    journal.append(ev.RunResumed())
    async with drive_start(Start) as driver:
        await read(driver)
        await driver.press("tab", "enter")
        await pick(driver, "watch")
        await driver.until(lambda: isinstance(driver.screen, WatchScreen))
        await driver.press("q")
        await driver.until(lambda: isinstance(driver.screen, Start))
    journal.append(ev.NoteAdded("still mine"))
    journal.close()


async def test_two_runs_of_one_checklist_are_compared_the_later_one_at_the_right(home: Path) -> None:
    later = keep(home, "failed_and_rolled_back", "20260315-021500-0a1b-stock-save")
    earlier = keep(home, "clean", "20260314-021500-0a1b-stock-save")
    async with drive_start(Start) as driver:
        await read(driver)
        await driver.press("tab", "enter")
        await pick(driver, "compare")
        await driver.until(lambda: isinstance(driver.screen, PickRun))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.screen, Compare) and driver.screen._comparison is not None)
        screen = driver.screen
        assert isinstance(screen, Compare)
        assert set(screen._directories) == {later, earlier}
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.screen, Start))


async def test_a_run_alone_of_its_checklist_cannot_be_compared(home: Path) -> None:
    keep(home, "clean", "20260314-021500-0a1b-stock-save")
    async with drive_start(Start) as driver:
        await read(driver)
        await driver.press("tab", "enter")
        await driver.until(lambda: isinstance(driver.sitting._app.focused, Choices))
        assert "compare" not in [one.answer for one in driver.screen.query_one(Choices).choices]


def test_checklists_of_earlier_runs_are_offered_once_while_they_are_there(home: Path) -> None:
    mine = home / "mine.yaml"
    shutil.copy(HARBOUR, mine)
    (home / "broken.yaml").write_text("checklist: bad\n")
    there = next(iter(shipped().values()))
    paths = [str(mine), str(home / "gone.yaml"), str(there), str(home / "." / "mine.yaml"), str(home / "broken.yaml")]
    offered = Shelf().recent([replace(many_runs()[2], path=path) for path in paths])
    assert [(one.name, one.checklist is not None) for one in offered] == [("mine", True), ("broken", False)]
    assert offered[0].source == str(mine)


def test_what_did_not_change_is_not_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = keep(home, "clean", "20260314-021500-0a1b-stock-save")
    keep(home, "mitigated", "20260313-021500-0a1b-stock-save")
    shelf = Shelf()
    first = [one for page in shelf.runs() for one in page]
    read: list[Path] = []

    def counted(path: Path) -> RunSummary:
        read.append(path)
        return summary(path)

    monkeypatch.setattr("screens.shelf.summary", counted)
    assert [one for page in shelf.runs() for one in page] == first
    assert read == []
    journal = Journal(directory, Redactor([]))
    journal.append(ev.RunResumed())
    assert [one.state for page in shelf.runs() for one in page] == ["live", "mitigated"]
    journal.close()
    assert [one.state for page in shelf.runs() for one in page] == ["crashed", "mitigated"]
    assert read == [directory, directory]


def test_runs_that_cannot_be_listed_say_why(home: Path) -> None:
    (home / "state").mkdir(mode=0o755)
    (home / "state").chmod(0o755)
    shelf = Shelf()
    assert [one for page in shelf.runs() for one in page] == []
    assert "open to others" in shelf.wrong


def test_the_page_is_harmless_and_says_where_nothing_differs() -> None:
    run = records("clean")
    text = told(compare(run, records("hostile_text")), 80).plain
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert told(compare(run, run), 80).plain.count("  none") == 4


class FakeOpener:
    """Opens nothing."""

    def run(self, checklist: str) -> None:
        """Nothing."""

    def past(self, directory: Path, what: str) -> None:
        """Nothing."""


def start(home: Path) -> Start:
    """Many runs."""
    assert home
    return Start(FakeOpener(), FakeShelf(many_runs()))


def compared(home: Path) -> Compare:
    """Two runs that did not go alike."""
    names = {"clean": "20260314-021500-0a1b-stock-save", "hostile_text": "20260315-021500-0a1b-stock-save"}
    earlier, later = (keep(home, name, run) for name, run in names.items())
    return Compare(earlier, later)


def watched(home: Path) -> WatchScreen:
    """A run that nobody holds."""
    directory = keep(home, "failed_and_rolled_back", "20260314-021500-0a1b-stock-save")
    return WatchScreen(WatchedRun(directory), lambda _: None)


@pytest.mark.parametrize("make_screen", [start, compared, watched])
async def test_a_storm_of_sizes_breaks_nothing(home: Path, make_screen: Callable[[Path], Screen[None]]) -> None:
    sizes = random.Random(make_screen.__name__)  # noqa: S311 - the same sizes each time
    app = interface_of(lambda: make_screen(home))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for _ in range(scaled(10, 25)):
            await pilot.resize_terminal(
                sizes.choice([1, 2, 5, sizes.randint(1, 250)]), sizes.choice([1, 2, sizes.randint(1, 70)])
            )
            await pilot.press(sizes.choice(["tab", "down", "slash", "x", "z", "f", "pageup", "pagedown"]))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.is_running
