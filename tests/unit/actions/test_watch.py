from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.lab_host import LabHost, LabStage, lab_world
from wizard.actions.base import Result, Sample
from wizard.actions.watch import Watch, WatchSpec
from wizard.checks.base import Observation, failed, passed, unknown
from wizard.errors import StepRefused

GOOD, POOR, DARK = passed("up", "up"), failed("up", "down"), unknown("up", "no answer")

JOURNALCTL = """#!/bin/sh
case "$*" in
  *--show-cursor*) echo "-- cursor: start" ;;
  *_PID=1*) echo boot ;;
  *MESSAGE_ID*) ;;
  *) cat "{journal}" ;;
esac
"""


@dataclass
class Watched:
    """A host whose clock is a file, and whose journal is another."""

    root: Path
    looks: list[Sequence[Observation]] = field(default_factory=list)
    step: float = 10.0
    samples: list[str] = field(default_factory=list)
    stage: LabStage = field(default_factory=LabStage)
    earlier: Sequence[Sample] = ()

    def __post_init__(self) -> None:
        (self.root / "clock").write_text("1000")
        (self.root / "journal").write_text("")
        self.tool("date", f'#!/bin/sh\nread now <"{self.root}/clock"\necho "$now.5"\n')
        self.tool("journalctl", JOURNALCTL.format(journal=self.root / "journal"))
        self.tool("systemctl", "#!/bin/sh\nprintf 'Id=a.service\\nLoadState=loaded\\n'\n")

    def tool(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)
        (self.root / name).chmod(0o755)

    def log(self, *messages: str) -> None:
        with (self.root / "journal").open("a") as journal:
            for message in messages:
                entry = {"MESSAGE": message, "__CURSOR": message, "__REALTIME_TIMESTAMP": "1000000000"}
                journal.write(json.dumps(entry) + "\n")

    def pass_time(self, _seconds: float) -> None:
        clock = self.root / "clock"
        clock.write_text(str(int(clock.read_text()) + int(self.step)))

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
    watched.log("all is well", "Failed opening the temp RDB file: Permission denied")

    result = await watched.run(unit="a.service", alarm="Permission denied")

    assert not result.ok
    assert watched.samples == ["bad"]
    assert watched.stage.samples[0].lines == ["Failed opening the temp RDB file: Permission denied"]


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


async def test_what_was_bad_before_the_cut_still_counts(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[POOR], *[[GOOD]] * 20])
    await cut_off(watched, 3, gone=15, tolerate_bad=1)
    watched.looks = [[POOR]]

    assert not (await watched.run(tolerate_bad=1)).ok


JOURNALCTL_BY_CURSOR = """#!/bin/sh
case "$*" in
  *--show-cursor*) echo "-- cursor: s=1;b=0" ;;
  *_PID=1*) echo boot ;;
  *MESSAGE_ID*) ;;
  *--cursor=*) cursor=${{*##*--cursor=}}; cursor=${{cursor%% *}}
    grep -q -F "$cursor" "{journal}" || {{ cat "{journal}"; exit 0; }}
    sed -n "/$cursor/,"'$p' "{journal}" ;;
  *) cat "{journal}" ;;
esac
"""


def follow(watched: Watched, *lines: tuple[str, str]) -> None:
    """Give the host a journal of these cursors and messages that can be read from a cursor on."""
    watched.tool("journalctl", JOURNALCTL_BY_CURSOR.format(journal=watched.root / "journal"))
    write(watched, *lines)


def write(watched: Watched, *lines: tuple[str, str]) -> None:
    """Make these the only lines that the journal holds."""
    entries = [{"MESSAGE": text, "__CURSOR": at, "__REALTIME_TIMESTAMP": "1000000000"} for at, text in lines]
    (watched.root / "journal").write_text("".join(json.dumps(entry) + "\n" for entry in entries))


FOLLOWED = {"unit": "a.service", "alarm": "denied"}
START, CALM, LATER = ("s=1;b=0", "start"), ("s=1;b=1", "calm"), ("s=1;b=2", "later")


async def test_a_gap_is_filled_from_the_journal_and_nothing_is_read_twice(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    follow(watched, START, CALM)
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    write(watched, START, CALM, LATER)

    assert (await watched.run(**FOLLOWED)).ok
    assert watched.stage.samples[0].seen["journal"] == "1 new lines, 0 bad"
    assert "the journal of that time is read" in watched.stage.samples[0].seen["gap"]


async def test_an_alarm_within_the_gap_is_heard(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    follow(watched, START, CALM)
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    write(watched, START, CALM, ("s=1;b=2", "permission denied"), ("s=1;b=3", "later"))

    assert not (await watched.run(**FOLLOWED)).ok
    assert watched.stage.samples[0].lines == ["permission denied"]


async def test_a_gap_of_which_the_journal_lost_lines_is_no_data(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [[GOOD]] * 20)
    follow(watched, START, CALM)
    await cut_off(watched, 3, gone=600, **FOLLOWED)
    write(watched, ("s=1;b=9", "much later"))

    assert not (await watched.run(**FOLLOWED)).ok
    assert watched.samples == ["no data"]
    assert "no longer goes back" in watched.stage.samples[0].seen["journal"]
