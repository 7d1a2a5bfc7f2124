"""The page ahead of the first step: what it shows while hosts answer, and what its answers do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from screens.canned import CannedRun, checklist_of
from screens.modals.choosing import Choosing
from screens.modals.hostkey import host_key
from screens.preflight.attention import attention_told
from screens.preflight.changes import changes_told, plan_told
from screens.preflight.facts import facts_told
from screens.preflight.hosts import hosts_told
from screens.preflight.page import PreflightPage
from screens.preflight.stakes import stakes_told
from screens.run import RunScreen
from screens.view import View
from screens.widgets.choices import Choices
from tests.screens import stories
from tests.screens.canned_driver import RunDriver, drive_run
from tests.screens.hostile_text import HOSTILE_TEXT, poison
from tests.screens.pictures import LONG, SIZES, Compare, pressing
from tests.screens.stories import NOW, Held, followed, interface, live
from wizard.kinds import registry
from wizard.run import events as ev
from wizard.run.events import Event, Record
from wizard.run.intents import ACCEPT_KEY, BEGIN, PAUSE, Answer
from wizard.run.planned import planned
from wizard.run.window import Window
from wizard.text import hidden

ASKED = ev.QuestionAsked("preflight", "begin", "how things stand before the first step", [BEGIN, PAUSE])
SHOWN = ev.HostKeyShown("stock", "192.0.2.10", "SHA256:pXk0+Vq3bT0m0Ck1yQ8a9JrJ0bV")
KEY = ev.QuestionAsked(
    "host:stock", "host_key", "nobody has accepted this host's key yet: ssh-ed25519", [ACCEPT_KEY, PAUSE]
)
GIB = 1024**3
DISKS = [
    {"path": "spool", "mount": "/", "free": 40 * GIB, "size": 100 * GIB},
    {"path": "/srv/stock", "mount": "/srv", "free": 900 * GIB, "size": 1000 * GIB},
]
SEEN = ev.HostExamined(
    host="stock",
    os="Debian GNU/Linux 12 (bookworm)",
    kernel="Linux 6.1.0 x86_64",
    sudo="without a password",
    skew=0.2,
    within=0.1,
    tools={"redis-cli": "/usr/bin/redis-cli", "systemctl": "/usr/bin/systemctl"},
    disks=DISKS,
)
ROLES = (ev.RoleSeen("stock", "master", pinned=True), ev.RoleSeen("stock", "replica"))
LOCAL = ev.HostExamined(host="local", os="Debian GNU/Linux 12 (bookworm)", kernel="Linux 6.1.0 x86_64")


def told(*kinds: type[Event], then: Sequence[Event] = ()) -> list[Record]:
    """The beginning of a run with events of these kinds alone, and what follows."""
    whole = stories.upto("clean", ev.EvidenceObserved, 3)
    return followed([one for one in whole if isinstance(one.event, (ev.RunStarted, *kinds))], *then)


def waiting_for_hosts() -> CannedRun:
    """One host has answered, the other has not."""
    whole = told(ev.HostConnected)
    return live(whole[:2])


def unknown_key() -> CannedRun:
    """A host shows a key that nobody has accepted."""
    return live(followed(waiting_for_hosts().take(), SHOWN, KEY))  # type: ignore[arg-type]


def well() -> CannedRun:
    """Everything is as it should be, and the first step waits."""
    whole = [_as_expected(one) for one in told(ev.HostConnected, ev.EvidenceObserved)]
    return live(followed(whole, LOCAL, SEEN, ASKED))


def _as_expected(record: Record) -> Record:
    fact = record.event
    if not isinstance(fact, ev.EvidenceObserved):
        return record
    sources = {name: {"value": fact.expect or "12", "outcome": "pass", "why": ""} for name in fact.sources}
    return replace(record, event=replace(fact, outcome="pass", sources=sources))


def disagreement() -> CannedRun:
    """Sources disagree, a tool is missing, a clock is off, a disk is full, and the window is shut."""
    unseen = ev.EvidenceObserved(
        "last save", "before", "unknown", {"server": {"value": "", "outcome": "unknown", "why": "no answer"}}, "ok"
    )
    seen = replace(
        SEEN,
        skew=-73.5,
        tools={"redis-cli": "", "systemctl": "/usr/bin/systemctl", "setfacl": ""},
        disks=[replace_free(DISKS[0], 20 * 1024 * 1024), DISKS[1]],
    )
    source = live(told(ev.HostConnected, ev.EvidenceObserved, then=[LOCAL, *ROLES, seen, unseen, ASKED]))
    source.window = Window(NOW + timedelta(hours=20), NOW + timedelta(hours=26))
    return source


def replace_free(disk: dict[str, object], free: int) -> dict[str, object]:
    return {**disk, "free": free}


def long_names() -> CannedRun:
    """Everything is called by a long name."""
    whole = told(ev.HostConnected)
    fact = ev.EvidenceObserved(
        LONG, "before", "fail", {f"{LONG}{n}": {"value": LONG * n, "outcome": "fail", "why": ""} for n in (1, 2)}, LONG
    )
    whole = [
        replace(one, event=replace(one.event, label=LONG)) if isinstance(one.event, ev.HostConnected) else one
        for one in whole
    ]
    seen = replace(SEEN, os=LONG, tools={LONG: "", f"{LONG}2": "/x"}, disks=[{**DISKS[0], "mount": LONG}])
    return live(followed(whole, LOCAL, seen, fact, ASKED))


def no_evidence() -> CannedRun:
    """A checklist that reads no evidence and names no risk."""
    source = well()
    assert source.checklist
    source.checklist = source.checklist.model_copy(update={"evidence": (), "risks": (), "impact": ()})
    records = [one for one in source.take() if not _is_evidence(one)]
    source.tell(records)  # type: ignore[arg-type]
    return source


def _is_evidence(message: object) -> bool:
    return isinstance(message, Record) and isinstance(message.event, ev.EvidenceObserved)


STORIES: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    "waiting": (waiting_for_hosts, ()),
    "unknown_key": (unknown_key, ()),
    "well": (well, ()),
    "well_picked": (well, ("1",)),
    "disagreement": (disagreement, ()),
    "evidence": (disagreement, ("right", "right")),
    "plan": (well, ("right",) * 7),
    "long_names": (long_names, ()),
    "no_evidence": (no_evidence, ("right", "right")),
}


@SIZES
@pytest.mark.parametrize("name", STORIES)
def test_the_page(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = STORIES[name]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*keys, held=held))


async def settled(driver: RunDriver) -> PreflightPage:
    """The page, having taken in what there is."""
    await driver.settle()
    page = next(one for one in driver.app.screen_stack if isinstance(one, PreflightPage))
    page.keep_up()
    await driver.pilot.pause()
    return page


async def test_it_fills_in_as_hosts_answer_and_asks_when_all_is_read() -> None:
    source = waiting_for_hosts()
    async with drive_run(source, (120, 40)) as driver:
        page = await settled(driver)
        assert "connecting …" in driver.shown()
        assert not page.query_one("#begin").display
        rest = told(ev.HostConnected, ev.EvidenceObserved, then=[LOCAL, SEEN, ASKED])[2:]
        source.tell(rest)
        await settled(driver)
        shown = driver.shown()
        for wanted in ("SHA256:pXk0", "redis-cli, systemctl", "without a password", "40.0 GiB free of 100.0 GiB"):
            assert wanted in shown
        assert "1 begin" in shown


async def test_begin_is_answered_by_its_effect_and_the_page_gives_way_to_the_run() -> None:
    source = well()
    async with drive_run(source) as driver:
        await settled(driver)
        driver.held.later()
        await driver.press("enter")
        assert source.submitted == []
        await driver.press("1", "enter")
        assert source.submitted == [Answer("preflight", BEGIN)]
        assert isinstance(driver.app.screen, RunScreen)


async def test_pause_is_answered_by_its_effect() -> None:
    source = well()
    async with drive_run(source) as driver:
        await settled(driver)
        await driver.press("2", "enter")
        assert source.submitted == [Answer("preflight", PAUSE)]


async def test_what_is_pressed_as_the_answers_appear_answers_nothing() -> None:
    source = waiting_for_hosts()
    async with drive_run(source) as driver:
        await settled(driver)
        source.tell(told(ev.HostConnected, ev.EvidenceObserved, then=[LOCAL, SEEN, ASKED])[2:])
        await settled(driver)
        await driver.pilot.press("1", "enter")
        await driver.settle()
        assert source.submitted == []
        await driver.press("1", "enter")
        assert source.submitted == [Answer("preflight", BEGIN)]


async def test_one_looks_around_and_comes_back_to_answer() -> None:
    source = well()
    async with drive_run(source) as driver:
        await settled(driver)
        await driver.press("escape")
        assert isinstance(driver.app.screen, RunScreen)
        await driver.press("a")
        await settled(driver)
        await driver.press("1", "enter")
        assert source.submitted == [Answer("preflight", BEGIN)]


async def test_an_unknown_key_is_shown_with_where_to_compare_it_and_accepted_by_effect() -> None:
    source = unknown_key()
    async with drive_run(source) as driver:
        await driver.settle()
        assert isinstance(driver.app.screen, Choosing)
        shown = driver.shown()
        for wanted in ("192.0.2.10", "SHA256:pXk0+Vq3bT0m0Ck1yQ8a9JrJ0bV", "ssh-keygen -lf"):
            assert wanted in shown
        await driver.press("enter")
        assert source.submitted == []
        await driver.press("2", "enter")
        assert source.submitted == [Answer("host:stock", ACCEPT_KEY)]
        assert isinstance(driver.app.screen, PreflightPage)


async def test_an_unknown_key_is_not_accepted_by_pausing() -> None:
    source = unknown_key()
    async with drive_run(source) as driver:
        await driver.settle()
        await driver.press("1", "enter")
        assert source.submitted == [Answer("host:stock", PAUSE)]


async def test_what_stands_out_is_said_first() -> None:
    async with drive_run(disagreement(), (120, 40)) as driver:
        await settled(driver)
        shown = " ".join(driver.shown().split())
    for wanted in (
        "lacks redis-cli, setfacl",
        "73.5 s behind this machine's",
        "Little room on stock: /",
        "owner of the data",
    ):
        assert wanted in shown
    assert "maintenance window opens" in shown


@pytest.mark.parametrize(("size", "columns"), [((120, 40), True), ((80, 24), False)], ids=["wide", "small"])
async def test_facts_are_a_matrix_by_source_that_folds_to_a_list(size: tuple[int, int], *, columns: bool) -> None:
    async with drive_run(disagreement(), size) as driver:
        await settled(driver)
        await driver.press("right", "right")
        heads = [line for line in driver.shown().splitlines() if "file system" in line and "deployment" in line]
        assert bool(heads) is columns
        assert "shop ✘" in driver.shown()


async def test_the_whole_plan_is_readable_before_the_first_step() -> None:
    async with drive_run(well(), (120, 40)) as driver:
        page = await settled(driver)
        plan = page.query_one("#part-plan").told.plain  # type: ignore[attr-defined]
        changes = page.query_one("#part-changes").told.plain  # type: ignore[attr-defined]
    assert "setfacl -m u:shop:rwx -- /srv/stock" in plan
    assert "3.2 Ask whether backups run again" in plan
    assert "then     every key is there" in plan
    assert "2.2 Give the directory to stock" in changes


async def test_while_the_run_is_at_work_i_opens_it_without_answers_and_closes_it() -> None:
    async with drive_run(stories.working()) as driver:
        assert isinstance(driver.app.screen, RunScreen)
        await driver.press("i")
        page = await settled(driver)
        assert not page.query_one("#begin").display
        assert not page.query(Choices).first().has_focus
        await driver.press("i")
        assert isinstance(driver.app.screen, RunScreen)


async def test_a_run_that_was_does_not_open_it_by_itself() -> None:
    async with drive_run(stories.over("clean", stories.Outcome("resolved", 0))) as driver:
        assert not any(isinstance(one, PreflightPage) for one in driver.app.screen_stack)


async def test_leaving_asks_first() -> None:
    async with drive_run(well()) as driver:
        await settled(driver)
        await driver.press("q")
        assert isinstance(driver.app.screen, Choosing)


async def test_it_gives_way_when_the_run_begins_by_other_means() -> None:
    source = well()
    async with drive_run(source) as driver:
        page = await settled(driver)
        last = stories.upto("clean", ev.StepStarted)[-1]
        source.tell(followed(stories.upto("clean", ev.EvidenceObserved, 3), last.event)[-1:])
        await driver.settle()
        page.keep_up()
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, RunScreen)


@given(HOSTILE_TEXT)
def test_nothing_that_others_chose_is_obeyed_or_read_as_markup(text: str) -> None:
    checklist = checklist_of(stories.records("clean"))
    assert checklist
    seen = replace(SEEN, tools={text: "", "sh": text}, disks=[{"path": text, "mount": text, "free": 1, "size": 2}])
    unreached = ev.TroubleMet(text, "host:other")
    view = View(checklist)
    view.take(poison([*told(ev.HostConnected, ev.EvidenceObserved, then=[SHOWN, LOCAL, seen, unreached, KEY])], text))
    view.take(followed(told(), replace(seen, os=text, kernel=text, sudo=text))[-1:])
    plan = planned(checklist, view.state, registry())
    waiting = view.waiting
    assert waiting
    assert isinstance(waiting.event, ev.QuestionAsked)
    pieces = [
        attention_told(view, plan, None, NOW),
        hosts_told(view, ["local", "stock", "other", text], running=True),
        facts_told(view, checklist, 120, running=True),
        facts_told(view, checklist, 60, running=True),
        stakes_told(view, checklist),
        changes_told(view, plan),
        plan_told(view, plan),
        host_key(view, waiting.event)._body,
    ]
    for piece in pieces:
        assert hidden(piece.plain) is None
        assert not any(span.style and "click" in str(span.style) for span in piece.spans)
