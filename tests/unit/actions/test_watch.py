from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.support.fake_journal import FakeJournal
from tests.support.lab_host import LabHost, LabStage, lab_world
from wizard.actions.base import Result, Sample
from wizard.actions.watch import Watch, WatchSpec
from wizard.checks.base import Observation, failed, passed, unknown
from wizard.errors import StepRefused

GOOD, POOR, DARK = passed("up", "up"), failed("up", "down"), unknown("up", "no answer")


@dataclass
class Watched:
    """A host whose clock is a file, and whose journal is another."""

    root: Path
    looks: list[Sequence[Observation]] = field(default_factory=list)
    step: float = 10.0
    samples: list[str] = field(default_factory=list)
    stage: LabStage = field(default_factory=LabStage)
    earlier: Sequence[Sample] = ()
    meanwhile: dict[int, Callable[[], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.root / "clock").write_text("1000")
        self.journal = FakeJournal(self.root)
        self.tool, self.log = self.journal.tool, self.journal.log
        self.log("started")
        self.tool("date", f'#!/bin/sh\nread now <"{self.root}/clock"\necho "$now.5"\n')
        self.tool("systemctl", "#!/bin/sh\nprintf 'Id=a.service\\nLoadState=loaded\\n'\n")

    def pass_time(self, _seconds: float) -> None:
        self.go_on(self.step)
        self.meanwhile.get(len(self.stage.samples), lambda: None)()

    def go_on(self, seconds: float) -> None:
        clock = self.root / "clock"
        clock.write_text(str(int(clock.read_text()) + int(seconds)))

    async def run(self, **fields: object) -> Result:
        spec = WatchSpec.model_validate({"for": "1m", "every": "10s", **fields})
        host = LabHost(path=f"{self.root}:/usr/bin:/bin")
        self.stage = LabStage([[("service", one) for one in look] for look in self.looks], self.pass_time)
        self.stage.earlier = self.earlier
        result = await Watch(spec, lab_world(self.root, host)).perform(self.stage, {})
        self.samples = [sample.verdict for sample in self.stage.samples]
        return result


async def test_it_looks_until_its_time_is_over_by_the_hosts_clock(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)

    result = await watched.run()

    assert result.ok
    assert watched.samples == ["ok"] * 7
    assert result.values["samples"] == "7"


async def test_a_bad_look_that_is_not_tolerated_ends_it(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD], [GOOD, POOR], [GOOD]])

    result = await watched.run()

    assert not result.ok
    assert watched.samples == ["ok", "bad"]


async def test_what_is_tolerated_is_counted_and_passes(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD], [POOR], [DARK], *[[GOOD]] * 9])

    result = await watched.run(tolerate_bad=1, tolerate_no_data=1)

    assert result.ok
    assert (result.values["bad"], result.values["no_data"]) == ("1", "1")


async def test_no_answer_is_no_data_and_fails_unless_tolerated(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[DARK]] * 9)

    assert not (await watched.run()).ok
    assert watched.samples == ["no data"]


async def test_a_watch_with_nothing_to_look_at_never_passes(tmp_path: Path) -> None:
    assert not (await Watched(tmp_path).run()).ok


async def test_a_person_who_ends_it_early_is_not_taken_for_its_end(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9, step=1)

    result = await watched.run()

    assert not result.ok
    assert "ended by a person" in result.what
    assert watched.samples == ["ok"]


async def test_an_alarm_in_the_journal_is_bad_and_its_line_is_kept(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)
    watched.meanwhile[1] = lambda: watched.log("all is well", "Failed opening the temp RDB file: Permission denied")

    result = await watched.run(unit="a.service", alarm="Permission denied")

    assert not result.ok
    assert watched.samples == ["ok", "bad"]
    assert watched.stage.samples[1].lines == ["Failed opening the temp RDB file: Permission denied"]


async def test_a_quiet_journal_is_ok(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)
    watched.log("all is well")

    assert (await watched.run(unit="a.service", alarm="Permission denied")).ok


async def test_each_look_says_how_often_it_looks_and_what_is_left(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)

    await watched.run()

    assert {sample.every for sample in watched.stage.samples} == {10.0}
    assert [sample.left for sample in watched.stage.samples] == [60.0, 50.0, 40.0, 30.0, 20.0, 10.0, 0.0]


async def test_restarts_are_counted(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)
    watched.tool("systemctl", "#!/bin/sh\nprintf 'Id=a.service\\nLoadState=loaded\\nNRestarts=3\\n'\n")
    await watched.run(unit="a.service", alarm="x")
    assert watched.stage.samples[-1].numbers == {"restarts": 3.0}


async def test_a_number_that_cannot_be_read_is_missing_and_no_verdict(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)
    watched.log("all is well")
    watched.tool("systemctl", "#!/bin/sh\nprintf 'Id=a.service\\nLoadState=loaded\\n'\n")
    assert (await watched.run(unit="a.service", alarm="x")).ok
    assert watched.stage.samples[-1].numbers == {}


async def test_a_journal_that_cannot_be_read_is_no_data(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 9)
    watched.tool("journalctl", "#!/bin/sh\nexit 1\n")

    assert not (await watched.run(unit="a.service", alarm="x")).ok
    assert watched.samples == ["no data"]


async def test_a_watch_shorter_than_one_look_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepRefused, match="longer"):
        await Watched(tmp_path, [[GOOD]]).run(every="2m")

    assert [flaw.at for flaw in WatchSpec.model_validate({"for": "1s", "every": "1m"}).flaws()] == [("for",)]


def test_an_alarm_needs_a_unit_and_a_proper_pattern() -> None:
    base = {"for": "1m", "every": "1s"}

    assert [f.at for f in WatchSpec.model_validate({**base, "alarm": "x"}).flaws()] == [("alarm",)]
    assert [f.at for f in WatchSpec.model_validate({**base, "unit": "a", "alarm": "("}).flaws()] == [("alarm",)]


async def cut_off(watched: Watched, after: int, gone: int, **fields: object) -> None:
    """Let a watch take so many looks, then let the wizard be gone for so many seconds."""
    await watched.run(**fields)
    watched.earlier = watched.stage.samples[:after]
    (watched.root / "clock").write_text(str(1000 + 10 * (after - 1) + gone))


async def test_a_watch_that_was_cut_off_goes_on_with_the_time_that_was_left(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    await cut_off(watched, 3, gone=15)

    result = await watched.run()

    assert result.ok
    assert [sample.left for sample in watched.stage.samples] == [40.0, 30.0, 20.0, 10.0, 0.0]
    assert result.values["samples"] == "8"


async def test_a_watch_that_was_cut_off_behind_its_last_look_is_over(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    await cut_off(watched, 7, gone=600)

    assert (await watched.run()).ok
    assert watched.samples == []


async def test_a_gap_that_no_journal_tells_of_is_no_data(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    await cut_off(watched, 3, gone=600)

    assert not (await watched.run()).ok
    assert watched.samples == ["no data"]
    assert "nobody looked for 600 s" in watched.stage.samples[0].seen["gap"]
    assert (await watched.run(tolerate_no_data=1)).ok


@pytest.mark.parametrize(("fields", "verdict"), [({}, "no data"), ({"unit": "a.service", "alarm": "denied"}, "ok")])
async def test_a_gap_of_a_living_watch_is_answered_for_too(
    tmp_path: Path, fields: dict[str, str], verdict: str
) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    watched.meanwhile[2] = lambda: watched.go_on(25)

    await watched.run(**fields, tolerate_no_data=1)

    assert watched.samples == ["ok", "ok", verdict, "ok", "ok"]
    assert "nobody looked for 35 s" in watched.stage.samples[2].seen["gap"]


async def test_a_clock_that_is_set_back_does_not_end_it(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    watched.meanwhile[2] = lambda: watched.go_on(-60)

    result = await watched.run()

    assert result.ok
    assert "ended by a person" not in result.what


async def test_what_was_bad_before_the_cut_still_counts(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[POOR], *[[GOOD]] * 20])
    await cut_off(watched, 3, gone=15, tolerate_bad=1)
    watched.looks = [[POOR]]

    assert not (await watched.run(tolerate_bad=1)).ok


FOLLOWED = {"unit": "a.service", "alarm": "denied"}


async def followed(tmp_path: Path, **meanwhile: Callable[[Watched], None]) -> Watched:
    """A watch of seven looks that tolerates what it meets; ``after_N`` happens to the host after that many looks."""
    watched = Watched(tmp_path, [[GOOD]] * 7)
    for name, act in meanwhile.items():
        watched.meanwhile[int(name.removeprefix("after_"))] = partial(act, watched)
    await watched.run(**FOLLOWED, tolerate_bad=7, tolerate_no_data=7)
    return watched


async def test_a_line_is_seen_once_by_the_look_after_it(tmp_path: Path) -> None:
    watched = await followed(
        tmp_path, after_2=lambda host: host.log("denied 1"), after_3=lambda host: host.log("denied 2", "denied 3")
    )

    assert [sample.lines for sample in watched.stage.samples] == [
        [],
        [],
        ["denied 1"],
        ["denied 2", "denied 3"],
        *3 * [[]],
    ]


async def test_a_vacuum_that_took_only_what_was_seen_costs_nothing(tmp_path: Path) -> None:
    watched = await followed(
        tmp_path, after_1=lambda host: host.log("of another", unit="b"), after_3=lambda host: host.journal.vacuum()
    )

    assert watched.samples == ["ok"] * 7


async def test_a_vacuum_that_took_lines_costs_the_one_look_whose_time_is_gone(tmp_path: Path) -> None:
    def lost(host: Watched) -> None:
        host.log("denied")
        host.journal.vacuum()

    watched = await followed(tmp_path, after_3=lost, after_5=lambda host: host.log("denied later"))

    assert watched.samples == ["ok", "ok", "ok", "no data", "ok", "bad", "ok"]
    assert "older lines were removed" in watched.stage.samples[3].seen["journal"]


async def test_lines_that_were_removed_though_the_mark_is_still_there_cost_a_look(tmp_path: Path) -> None:
    def lost(host: Watched) -> None:
        host.log("denied")
        host.journal.remove_last()
        host.log("of another", unit="b")

    watched = await followed(tmp_path, after_3=lost)

    assert watched.samples == ["ok", "ok", "ok", "no data", "ok", "ok", "ok"]
    assert "lines were removed" in watched.stage.samples[3].seen["journal"]


async def test_a_journal_that_was_begun_anew_costs_one_look(tmp_path: Path) -> None:
    def anew(host: Watched) -> None:
        host.journal.series += 1
        host.journal.vacuum()

    assert (await followed(tmp_path, after_3=anew)).samples == ["ok", "ok", "ok", "no data", "ok", "ok", "ok"]


async def test_a_look_that_could_not_read_is_made_up_for_by_the_next(tmp_path: Path) -> None:
    def broken(host: Watched) -> None:
        host.log("denied")
        host.tool("systemctl", "#!/bin/sh\nexit 1\n")

    def mended(host: Watched) -> None:
        host.tool("systemctl", "#!/bin/sh\nprintf 'Id=a.service\\nLoadState=loaded\\n'\n")

    watched = await followed(tmp_path, after_3=broken, after_4=mended)

    assert watched.samples == ["ok", "ok", "ok", "no data", "bad", "ok", "ok"]


async def test_a_gap_is_filled_from_the_journal_and_nothing_is_read_twice(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    watched.log("calm")
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    watched.log("later")

    assert (await watched.run(**FOLLOWED)).ok
    assert watched.stage.samples[0].seen["journal"] == "1 new lines, 0 bad"
    assert "the journal of that time is read" in watched.stage.samples[0].seen["gap"]


async def test_an_alarm_within_the_gap_is_heard(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    watched.log("permission denied", "later")

    assert not (await watched.run(**FOLLOWED)).ok
    assert watched.stage.samples[0].lines == ["permission denied"]


async def test_a_gap_of_which_the_journal_lost_lines_is_no_data(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    watched.log("lost")
    watched.journal.vacuum()

    assert not (await watched.run(**FOLLOWED)).ok
    assert watched.samples == ["no data"]
    assert "no longer goes back" in watched.stage.samples[0].seen["journal"]
