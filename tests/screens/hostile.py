"""The interface shown hostile text by the thousand, in the terminal that it is started in: ``COUNT SEED REPORT``.

Each text begins with a number of its own, so that whoever reads the terminal can count what was really painted. What
this program saw itself (actions that ran, cells that a click or a link would act on) goes into the report.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from rich.cells import cell_len

import screens.start
from screens.canned import CannedRun
from screens.inputs import Inputs
from screens.interface import Interface
from screens.report import Report
from screens.run import RunScreen
from screens.shelf import Offered, Shelf
from screens.start import Start
from screens.theme import THEMES
from screens.widgets.logpane import LogPane
from screens.widgets.paper import Paper
from tests.screens import stories
from tests.screens.workers import finished
from wizard.checklist.document import load
from wizard.checklist.surroundings import Input as Declared
from wizard.errors import UsageError, WizardError
from wizard.kinds import registry
from wizard.report.build import build
from wizard.report.markdown import to_markdown
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.listing import RunSummary
from wizard.run.recorder import Output
from wizard.text import sanitise

PIECES = (
    "\x1b", "\x1b[2J", "\x1b[31;1m", "\x1b]52;c;aGk=\x07", "\x1b]52;c;aGk=\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\x",
    "\x1b]0;owned\x07", "\x1b]9;note\x07", "\x1bP+q544e\x1b\\", "\x1b_Gf=24;AAAA\x1b\\", "\x1b[?1049l", "\x1b[6n",
    "\x1bc",
    "\x1b[?2026l", "\x1b[200~", "\x9b31m", "\x9d52;c;aGk=\x9c", "\x90q\x9c", "\x84", "\x85", "\x07", "\x08\x08\x08",
    "\x0e",
    "\x0f", "\x7f", "\0", "\r", "\t", "\v", "\f", "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\u2060", "\ufeff",
    "\u00ad", "\u2028", "\u2029", "\ufff9", "\U000e0041", "\U0001d173", "\u0301", "[@click=app.boom]x[/]",
    "[@click=app.exit(3)]", "[link=http://evil.example]l[/link]", "[bold red]", "[/]", "[/oops]", "[", "]", "\\[",
    "[$error]",
    "[!", "[#ff0000 on #000000]", "{{ 7 * 7 }}", "`", "<script>", "![x](http://evil.example)", "\ud800", "\udc9b",
    "\udcff", "漢字", "é", "🧙", "👩‍💻", "عربي",
)  # fmt: skip
KEPT = {
    "step",
    "scope",
    "phase",
    "host",
    "key",
    "outcome",
    "plan",
    "verdict",
    "source",
    "path",
    "sha256",
    "state",
    "output",
}
LISTS = {"evidence", "advice", "blocked_by", "lines"}
CUTS: Sequence[tuple[str, type[ev.Event]]] = (
    ("failed_and_rolled_back", ev.GateBlocked), ("failed_and_rolled_back", ev.UndoStarted), ("clean", ev.QuestionAsked),
    ("mitigated", ev.QuestionAsked), ("clean", ev.SampleTaken), ("unknown_outcome", ev.RunPaused),
    ("clean", ev.RunEnded),
)  # fmt: skip
ALLOWED = {"focus_next", "focus_previous", "app.focus_next"}


RAW = "\udc9b".encode("utf-8", "surrogatepass")
"""Stands for a C1 control as a byte of its own."""

PATIENCE = 0.2
"""Seconds after which a screen that has nothing to paint is as it will be."""


class Hostile:
    """Texts, each with its number.

    Args:
        seed: The same texts for the same seed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same texts each time
        self.made = 0

    def one(self, mark: str) -> str:
        """The next text, for a place that ``mark`` names."""
        self.made += 1
        pieces = [self._piece() for _ in range(self._random.randint(1, 5))]
        return f"{mark}{self.made:x}." + "".join(pieces)

    def several(self, mark: str, count: int = 3) -> str:
        """As many in one."""
        return " ".join(self.one(mark) for _ in range(count))

    def _piece(self) -> str:
        if self._random.random() < 0.8:
            return self._random.choice(PIECES)
        return chr(self._random.choice((self._random.randrange(0x20, 0x300), self._random.randrange(0x2000, 0x11000))))


class Poisoned(Shelf):
    """Offers checklists and runs with hostile names."""

    def __init__(self, offered: Sequence[Offered], told: Sequence[RunSummary]) -> None:
        super().__init__()
        self._offered = list(offered)
        self._told = list(told)

    def shipped(self) -> list[Offered]:
        """The checklists."""
        return self._offered

    def runs(self) -> Iterator[list[RunSummary]]:
        """The runs, in one page."""
        yield self._told

    def recent(self, _runs: Sequence[RunSummary]) -> list[Offered]:
        """None was run before."""
        return []


class Fuzzed(Interface):
    """Goes through its scenes and ends."""

    CSS_PATH = Path(screens.__file__).parent / "interface.tcss"

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(lambda: RunScreen(stories.working()), stories.Held().clocks)
        self.count = count
        self.hostile = Hostile(seed)
        self.actions: list[str] = []
        self.armed: set[str] = set()
        self._hosts: dict[str, str] = {}
        self.took: dict[str, float] = {}

    def on_mount(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._all_scenes())

    async def _all_scenes(self) -> None:
        try:
            await self._scenes()
        except Exception as error:  # noqa: BLE001 - told in the report
            self._handle_exception(error)

    def action_boom(self) -> None:
        """What hostile text wants to run."""
        self.actions.append("boom")

    async def run_action(self, action: Any, *rest: Any, **more: Any) -> bool:
        """Note what runs."""
        self.actions.append(str(action))
        return await super().run_action(action, *rest, **more)

    async def painted(self) -> None:
        """Wait until what was said is on the screen, then look at every cell."""
        done = asyncio.Event()
        self.screen.call_later(self.screen.call_after_refresh, done.set)
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), PATIENCE)
        for strip in self.screen._compositor.render_strips():
            for segment in strip:
                if segment.style and (segment.style.link or "@click" in segment.style.meta):
                    self.armed.add(segment.text)

    async def _scenes(self) -> None:
        await self.painted()
        rounds = ((self._events, 1), (self._start, 2), (self._inputs, 2), (self._errors, 3), (self._report, 1))
        for scene, times in rounds:
            for _ in range(times):
                await self._timed(scene)
        while self.hostile.made < self.count:
            await self._timed(self._output)
        self.exit(0)

    async def _timed(self, scene: Callable[[], Awaitable[None]]) -> None:
        """A scene, in the next theme."""
        began, name = time.monotonic(), scene.__name__
        themes = [theme.name for theme in THEMES.values()]
        self.theme = themes[(themes.index(self.theme) + 1) % len(themes)]
        await scene()
        self.took[name] = round(self.took.get(name, 0.0) + time.monotonic() - began, 1)

    async def _shown(self, screen: Any, look: Callable[[], Awaitable[None]] | None = None) -> None:
        await self.push_screen(screen)
        await self.painted()
        await (look or self.painted)()
        while len(self.screen_stack) > 2:
            await self.pop_screen()

    async def _output(self) -> None:
        """Output of a host, a screen at a time."""
        source = stories.working()
        screen = RunScreen(source)

        async def look() -> None:
            screen.set_focus(screen.query_one(LogPane))
            screen.action_zoom()
            await self.painted()
            pane = screen.query_one(LogPane).size
            for _ in range(20):
                if self.hostile.made >= self.count:
                    return
                source.output(
                    Output("chown", "stock", b"".join(self._line(pane.width - 4) for _ in range(pane.height)))
                )
                screen.take_in()
                await self.painted()

        await self._shown(screen, look)

    def _line(self, width: int) -> bytes:
        """As many texts as fit on a line of the log."""
        line = ""
        while True:
            text = self.hostile.one("o").replace("\n", "")
            if cell_len(sanitise(f"{line} {text}").expandtabs(8)) > width and line:
                self.hostile.made -= 1
                return line.encode("utf-8", "surrogatepass").replace(RAW, b"\x9b") + b"\n"
            line = f"{line} {text}"

    async def _events(self) -> None:
        """Everything in a run that a host, a file or a person could choose."""
        for name, kind in CUTS:
            records = stories.upto(name, kind)
            self._hosts.clear()
            poisoned = [replace(record, event=self._poisoned(record.event)) for record in records]
            source = CannedRun(poisoned, running=kind is not ev.RunEnded)
            await self._shown(RunScreen(source))

    def _poisoned(self, event: ev.Event) -> ev.Event:
        changed: dict[str, Any] = {}
        for field in fields(event):
            value = getattr(event, field.name)
            if field.name == "host" and value:
                changed[field.name] = self._host(value)
            if isinstance(value, str) and field.name not in KEPT:
                changed[field.name] = self.hostile.several("v", 3)
            if field.name in LISTS:
                changed[field.name] = [self.hostile.several("v", 5) for _ in range(3)]
            if field.name == "sources":
                changed[field.name] = {self.hostile.one("h"): {"value": self.hostile.one("v")} for _ in range(3)}
        if isinstance(event, ev.RunStarted):
            changed["outline"] = [self._phase(phase) for phase in event.outline]
            changed["source"] = ""
        if isinstance(event, ev.QuestionAsked) and event.purpose == "manual":
            changed["answers"] = [self.hostile.one("y") for _ in range(4)]
            changed["purpose"] = event.purpose
        return replace(event, **changed)

    def _host(self, name: str) -> str:
        """Another name for a host, the same one for as long as it is shown."""
        return self._hosts.setdefault(name, self.hostile.one("h"))

    def _phase(self, phase: Any) -> Any:
        one, host = self.hostile.one, self._host
        steps = [{**step, "title": one("y"), "host": host(step["host"])} for step in phase["steps"]]
        return {**phase, "title": self.hostile.one("y"), "steps": steps}

    async def _start(self) -> None:
        """Names of files, hosts and runs, and files that are no checklists."""
        one = self.hostile.one
        offered = [Offered(one("f"), Path(f"/nowhere/{one('f')}"), wrong=one("e")) for _ in range(20)]
        summary = RunSummary("", "", "", "", Path(), "2026-03-14T02:15:00.000Z", "", "paused", "", 5, 8, 3)
        told = [
            replace(
                summary,
                checklist=one("f"),
                title=one("y"),
                detail=one("e"),
                directory=Path(f"/runs/{one('f')}"),
                state=one("v"),
            )
            for _ in range(60)
        ]
        screen = Start(Refusing(self.hostile), Poisoned(offered, told))

        async def look() -> None:
            await finished(self)
            for name in ("runs", "checklists"):
                screen.query_one(f"#{name}").focus()
                await self.painted()
            screen.action_choose() if hasattr(screen, "action_choose") else None
            await self.painted()

        await self._shown(screen, look)

    async def _inputs(self) -> None:
        """A form whose names, helps, values and complaints a checklist chose."""
        one = self.hostile.one
        declared = {
            one("y"): Declared.model_construct(type="text", default=one("y"), help=one("y"), choices=())
            for _ in range(20)
        }
        complaints = {name: one("e") for name in declared}
        await self._shown(Inputs(one("y"), declared, {}, lambda _typed: None, complaints))

    async def _errors(self) -> None:
        """What is wrong with hostile YAML, and errors that name hosts, said in passing."""
        screen = RunScreen(stories.working())

        async def look() -> None:
            for _ in range(5):
                screen.say(_complaint(self.hostile), wrong=True)
            screen.say(self.hostile.several("e"))
            screen.say(str(UsageError(self.hostile.one("e"), where=self.hostile.one("h"), mend=self.hostile.one("e"))))
            await self.painted()
            self.clear_notifications()

        await self._shown(screen, look)

    async def _report(self) -> None:
        """The report of a hostile run."""
        records: list[Record] = [
            replace(record, event=self._poisoned(record.event)) for record in stories.records("failed_and_rolled_back")
        ]
        screen = Report(lambda: to_markdown(build(records)))

        async def look() -> None:
            await finished(self)
            paper = screen.query_one(Paper)
            for page in range(0, paper.virtual_size.height, max(1, paper.size.height)):
                paper.scroll_to(y=page, animate=False, immediate=True)
                await self.painted()

        await self._shown(screen, look)


class Refusing:
    """Opens nothing, and says so in hostile words."""

    def __init__(self, hostile: Hostile) -> None:
        self._hostile = hostile

    def run(self, checklist: str) -> None:
        """Refuse."""
        raise UsageError(self._hostile.one("e"), where=checklist)

    def past(self, directory: Path, what: str) -> None:
        """Refuse."""
        raise UsageError(self._hostile.one("e"), where=f"{directory} {what}")


def _complaint(hostile: Hostile) -> str:
    """What the loader says of a checklist with hostile words in it."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / hostile.one("f").replace("/", "").replace("\0", "").encode("utf-8", "replace").decode()
        text = (
            f"checklist: {json.dumps(hostile.one('y'))}\ntitle: {hostile.one('y')}\n{json.dumps(hostile.one('y'))}: 1\n"
        )
        path.write_text(text, "utf-8", "replace")
        try:
            load(path, registry())
        except WizardError as problem:
            return str(problem)
    return ""


def main(words: Sequence[str]) -> int:
    """Show it all; returns the exit status."""
    app = Fuzzed(int(words[0]), int(words[1]))
    status = app.run()
    report = {
        "made": app.hostile.made,
        "actions": sorted(set(app.actions) - ALLOWED),
        "took": app.took,
        "armed": sorted(app.armed),
        "crashed": repr(app.crashed) if app.crashed else "",
    }
    Path(words[2]).write_text(json.dumps(report))
    return status or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
