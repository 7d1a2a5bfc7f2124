from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab_host import LabHost, LabStage, lab_world
from tests.support.redis_lab import Lab, break_saving, redis_lab, wait_until
from wizard.actions.base import Result
from wizard.actions.redis import RedisAction, RedisSpec
from wizard.checks.base import Observation, Outcome
from wizard.checks.redis import RedisCheck, RedisCheckSpec
from wizard.errors import StepRefused


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with redis_lab(tmp_path / "redis") as lab:
        yield lab


def action(lab: Lab, tmp_path: Path, **fields: object) -> RedisAction:
    spec = RedisSpec.model_validate({**lab.target(), **fields})
    assert list(spec.flaws()) == []
    return RedisAction(spec, lab_world(tmp_path))


async def perform(done: RedisAction, stage: LabStage | None = None) -> tuple[Result, dict[str, object]]:
    before = dict(await done.capture())
    return await done.perform(stage or LabStage(), before), before


async def look(lab: Lab, tmp_path: Path, *, since: float = 0.0, **fields: object) -> Observation:
    check = RedisCheck(RedisCheckSpec.model_validate({**lab.target(), **fields}), lab_world(tmp_path, since=since))
    assert check.title()
    return await check.observe()


def save_slowly(lab: Lab, keys: int) -> None:
    """A tenth of a second for each key."""
    lab.cli("EVAL", "for i = 1, ARGV[1] do redis.call('SET', i, i) end", "0", str(keys))
    assert lab.cli("CONFIG", "SET", "rdb-key-save-delay", "100000") == "OK"


class TestSave:
    async def test_a_save_is_proven(self, lab: Lab, tmp_path: Path) -> None:
        lab.cli("SET", "a", "1")
        began = int(time.time())

        result, _ = await perform(action(lab, tmp_path, save=True))

        assert result.ok, result.output
        assert (lab.directory / "dump.rdb").exists()
        assert int(lab.cli("LASTSAVE")) > began
        assert (await look(lab, tmp_path, since=began, saved_since="step_start")).outcome is Outcome.PASS

    async def test_a_save_that_cannot_be_written_fails_and_says_why(self, lab: Lab, tmp_path: Path) -> None:
        (lab.directory / "dump.rdb").mkdir()
        (lab.directory / "dump.rdb" / "in the way").touch()

        result, _ = await perform(action(lab, tmp_path, save=True))

        assert not result.ok
        assert result.known
        assert "rdb_last_bgsave_status:err" in result.output

    async def test_a_running_save_is_waited_out_and_not_taken_for_ours(self, lab: Lab, tmp_path: Path) -> None:
        save_slowly(lab, keys=20)
        lab.cli("BGSAVE")

        result, _ = await perform(action(lab, tmp_path, save=True))

        assert "waiting: ERR Background save already in progress" in result.output
        assert result.ok, result.output

    async def test_an_append_only_rewrite_is_waited_out(self, lab: Lab, tmp_path: Path) -> None:
        save_slowly(lab, keys=20)
        lab.cli("BGREWRITEAOF")

        result, _ = await perform(action(lab, tmp_path, save=True))

        assert "waiting: ERR Another child process is active" in result.output
        assert result.ok, result.output

    async def test_at_the_time_limit_it_says_how_far_it_came(self, lab: Lab, tmp_path: Path) -> None:
        save_slowly(lab, keys=1000)

        result, _ = await perform(action(lab, tmp_path, save=True), LabStage(limit=3.0))

        assert not result.ok
        assert "rdb_bgsave_in_progress:1" in result.output

    async def test_without_a_server_nothing_is_started(self, tmp_path: Path, closed_port: int) -> None:
        spec = RedisSpec(address=f"127.0.0.1:{closed_port}", save=True)
        with pytest.raises(StepRefused, match="refused"):
            await RedisAction(spec, lab_world(tmp_path)).capture()

    async def test_the_password_reaches_the_script_by_environment_only(self, tmp_path: Path) -> None:
        stage = LabStage()
        with redis_lab(tmp_path / "redis", password="sesame street") as lab:
            result, _ = await perform(action(lab, tmp_path, save=True), stage)

        assert result.ok, result.output
        assert "sesame" not in stage.scripts[0]

    async def test_a_wrong_password_is_refused_before_anything_starts(self, tmp_path: Path) -> None:
        with (
            redis_lab(tmp_path / "redis", password="right") as lab,
            pytest.raises(StepRefused, match=r"WRONGPASS|NOAUTH"),
        ):
            await action(lab, tmp_path, save=True, password="wrong").capture()


class TestSet:
    async def test_settings_change_and_come_back_exactly(self, lab: Lab, tmp_path: Path) -> None:
        lab.cli("CONFIG", "SET", "save", "900 1 300 10")
        done = action(lab, tmp_path, set={"save": "", "maxmemory": "100mb"})

        result, before = await perform(done)
        assert result.ok, result.output
        assert lab.cli("CONFIG", "GET", "save") == "save"
        assert {difference.where for difference in await done.compare(before)} == {"save", "maxmemory"}

        assert (await done.undo(LabStage(), before)).ok
        assert lab.cli("CONFIG", "GET", "save") == "save\n900 1 300 10"
        assert await done.compare(before) == []

    async def test_undoing_what_never_started_changes_nothing(self, lab: Lab, tmp_path: Path) -> None:
        done = action(lab, tmp_path, set={"save": "900 1"})
        before = await done.capture()

        undone = await done.undo(LabStage(), before)

        assert undone.ok
        assert "already" in undone.output
        assert await done.compare(before) == []

    async def test_a_refused_value_fails_with_the_servers_words(self, lab: Lab, tmp_path: Path) -> None:
        result, _ = await perform(action(lab, tmp_path, set={"maxmemory": "lots"}))

        assert not result.ok
        assert "ERR" in result.output

    async def test_a_value_is_never_shell(self, lab: Lab, tmp_path: Path) -> None:
        odd = f"$(touch {tmp_path}/oops) '\""
        await perform(action(lab, tmp_path, set={"proc-title-template": odd}))

        assert not (tmp_path / "oops").exists()

    async def test_a_protected_setting_is_refused_in_words(self, lab: Lab, tmp_path: Path) -> None:
        if lab.cli("CONFIG", "GET", "enable-protected-configs") == "":  # before 7.0 nothing is protected
            return
        with pytest.raises(StepRefused, match="dir is protected"):
            await action(lab, tmp_path, set={"dir": "/tmp"}).capture()

    async def test_a_setting_that_does_not_exist_is_refused(self, lab: Lab, tmp_path: Path) -> None:
        with pytest.raises(StepRefused, match="knows no setting sava"):
            await action(lab, tmp_path, set={"sava": "1"}).capture()


class TestPause:
    async def test_writers_wait_and_are_let_go_on(self, lab: Lab, tmp_path: Path) -> None:
        done = action(lab, tmp_path, pause_writes="1m")
        result, before = await perform(done)
        assert result.ok, result.output
        assert [difference.now for difference in await done.compare(before)] == ["paused"]
        assert (await look(lab, tmp_path, writes_accepted=False)).outcome is Outcome.PASS

        assert (await done.undo(LabStage(), before)).ok
        assert await done.compare(before) == []
        assert lab.cli("SET", "a", "1") == "OK"

    async def test_resuming_ends_the_pause(self, lab: Lab, tmp_path: Path) -> None:
        await perform(action(lab, tmp_path, pause_writes="1m"))

        result, _ = await perform(action(lab, tmp_path, resume_writes=True))

        assert result.ok
        assert (await look(lab, tmp_path, writes_accepted=True)).outcome is Outcome.PASS

    async def test_somebody_elses_pause_is_not_taken_over(self, lab: Lab, tmp_path: Path) -> None:
        lab.cli("CLIENT", "PAUSE", "60000", "WRITE")

        with pytest.raises(StepRefused, match="paused already"):
            await action(lab, tmp_path, pause_writes="1m").capture()

    async def test_the_pause_lets_a_save_through(self, lab: Lab, tmp_path: Path) -> None:
        await perform(action(lab, tmp_path, pause_writes="1m"))

        assert (await perform(action(lab, tmp_path, save=True)))[0].ok


async def test_reading_gives_values_by_name(lab: Lab, tmp_path: Path) -> None:
    lab.cli("SET", "a", "1")
    done = action(lab, tmp_path, read=["dbsize", "role", "server.pid"])
    stage = LabStage()

    result, _ = await perform(done, stage)

    assert result.values == {"dbsize": "1", "role": "master", "server.pid": str(lab.process.pid)}
    assert stage.scripts == []
    assert not done.spec.changes


class TestCheck:
    async def test_a_healthy_server_passes_every_aspect(self, lab: Lab, tmp_path: Path) -> None:
        lab.cli("MSET", "a", "1", "b", "2")
        await perform(action(lab, tmp_path, save=True))

        seen = await look(
            lab,
            tmp_path,
            saved_since="run_start",
            save_ok=True,
            keys=">=2",
            config={"save": ""},
            role="master",
            version=">=6.2,<9",
            run_as=str(os.getuid()),
            writes_accepted=True,
            snapshot={"path": str(lab.directory / "dump.rdb"), "keys": "2"},
        )

        assert seen.outcome is Outcome.PASS, seen
        assert "[info] 2 keys read" in seen.evidence

    async def test_a_server_that_just_started_has_not_saved(self, lab: Lab, tmp_path: Path) -> None:
        seen = await look(lab, tmp_path, since=time.time() - 3600, saved_since="step_start")

        assert seen.outcome is Outcome.FAIL
        assert "has not saved yet" in seen.observed

    async def test_a_save_before_the_mark_does_not_count(self, lab: Lab, tmp_path: Path) -> None:
        await perform(action(lab, tmp_path, save=True))

        seen = await look(lab, tmp_path, since=time.time() + 1, saved_since="step_start")

        assert seen.outcome is Outcome.FAIL
        assert "older" in seen.observed

    async def test_feeding_a_replica_is_no_snapshot(self, tmp_path: Path) -> None:
        started = time.time() - 3600
        with redis_lab(
            tmp_path / "a", "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0", tcp=True
        ) as main:
            port = main.address.rpartition(":")[2]
            with redis_lab(tmp_path / "b", "--replicaof", "127.0.0.1", port) as replica:
                wait_until(lambda: "master_link_status:up" in replica.cli("INFO", "replication"), replica.directory)
                wait_until(lambda: "rdb_last_bgsave_time_sec:-1" not in main.cli("INFO", "persistence"), main.directory)

                assert (await look(main, tmp_path, since=started, saved_since="run_start")).outcome is Outcome.FAIL
                refused = await look(replica, tmp_path, writes_accepted=True, role="replica")

        assert refused.outcome is Outcome.FAIL
        assert "a read-only replica" in refused.observed

    async def test_a_failed_save_shows_in_every_way(self, lab: Lab, tmp_path: Path) -> None:
        break_saving(lab)

        assert (await look(lab, tmp_path, save_ok=True)).outcome is Outcome.FAIL
        assert (await look(lab, tmp_path, save_ok=False)).outcome is Outcome.PASS
        assert (await look(lab, tmp_path, saved_since="run_start")).outcome is Outcome.FAIL
        refused = await look(lab, tmp_path, writes_accepted=True)
        assert refused.outcome is Outcome.FAIL
        assert "MISCONF" in refused.observed

    @pytest.mark.parametrize(
        "wrong",
        [{"keys": "5"}, {"role": "replica"}, {"version": ">=99"}, {"run_as": "nobody"}, {"config": {"save": "1 1"}}],
        ids=lambda wrong: next(iter(wrong)),
    )
    async def test_what_does_not_hold_fails(self, lab: Lab, tmp_path: Path, wrong: dict[str, object]) -> None:
        assert (await look(lab, tmp_path, **wrong)).outcome is Outcome.FAIL

    async def test_an_absent_server_fails_ping_and_leaves_the_rest_unknown(
        self, tmp_path: Path, closed_port: int
    ) -> None:
        nowhere = {"address": f"127.0.0.1:{closed_port}"}
        pinged = RedisCheckSpec.model_validate({**nowhere, "ping": True, "keys": "1"})
        counted = RedisCheckSpec.model_validate({**nowhere, "keys": "1"})

        seen = await RedisCheck(pinged, lab_world(tmp_path)).observe()

        assert seen.outcome is Outcome.FAIL
        assert "refused" in seen.observed
        assert (await RedisCheck(counted, lab_world(tmp_path)).observe()).outcome is Outcome.UNKNOWN

    async def test_while_saves_fail_other_questions_are_answered(self, lab: Lab, tmp_path: Path) -> None:
        """PING itself answers MISCONF then, so it is not asked beside them unless the checklist says so."""
        break_saving(lab)

        assert (await look(lab, tmp_path, keys="0", role="master")).outcome is Outcome.PASS
        assert "MISCONF" in (await look(lab, tmp_path)).observed

    async def test_a_locked_server_is_unknown_never_passed(self, tmp_path: Path) -> None:
        with redis_lab(tmp_path / "redis", password="pw") as lab:
            seen = await look(lab, tmp_path, password=None, keys="0")

        assert seen.outcome is Outcome.UNKNOWN
        assert "NOAUTH" in seen.observed

    async def test_a_server_that_hangs_is_unknown(self, lab: Lab, tmp_path: Path) -> None:
        os.kill(lab.process.pid, 19)

        seen = await look(lab, tmp_path, role="master")

        os.kill(lab.process.pid, 18)
        assert seen.outcome is Outcome.UNKNOWN


class TestSnapshot:
    async def saved(self, lab: Lab, tmp_path: Path) -> Path:
        lab.cli("MSET", "a", "1", "b", "2")
        await perform(action(lab, tmp_path, save=True))
        return lab.directory / "dump.rdb"

    async def seen(self, lab: Lab, tmp_path: Path, path: Path, keys: str = "2") -> Observation:
        return await look(lab, tmp_path, snapshot={"path": str(path), "keys": keys})

    async def test_a_cut_short_snapshot_fails(self, lab: Lab, tmp_path: Path) -> None:
        whole = (await self.saved(lab, tmp_path)).read_bytes()
        (tmp_path / "cut.rdb").write_bytes(whole[:-12])

        assert (await self.seen(lab, tmp_path, tmp_path / "cut.rdb")).outcome is Outcome.FAIL

    async def test_a_missing_snapshot_fails(self, lab: Lab, tmp_path: Path) -> None:
        seen = await self.seen(lab, tmp_path, tmp_path / "none.rdb")

        assert seen.outcome is Outcome.FAIL
        assert "missing" in seen.observed

    async def test_a_snapshot_with_fewer_keys_fails(self, lab: Lab, tmp_path: Path) -> None:
        assert (await self.seen(lab, tmp_path, await self.saved(lab, tmp_path), "3")).outcome is Outcome.FAIL

    async def test_an_odd_name_is_no_obstacle(self, lab: Lab, tmp_path: Path) -> None:
        odd = tmp_path / "a copy $(touch oops) 'x'.rdb"
        odd.write_bytes((await self.saved(lab, tmp_path)).read_bytes())

        assert (await self.seen(lab, tmp_path, odd)).outcome is Outcome.PASS

    async def test_the_servers_own_program_is_the_checker(self, lab: Lab, tmp_path: Path) -> None:
        """Nothing of Redis is in this PATH, and nothing is left behind."""
        path = await self.saved(lab, tmp_path)
        tools = tmp_path / "tools"
        tools.mkdir()
        looking = ("env", "find", "id", "pwd", "readlink", "stat")
        for tool in (*looking, "awk", "cut", "getent", "ln", "mktemp", "rm", "sed", "sh"):
            (tools / tool).symlink_to(next(p for p in (Path("/usr/bin") / tool, Path("/bin") / tool) if p.exists()))
        private = tmp_path / "private"
        private.mkdir()
        spec = RedisCheckSpec.model_validate({**lab.target(), "snapshot": {"path": str(path), "keys": "2"}})
        check = RedisCheck(spec, lab_world(tmp_path, LabHost(path=str(tools), environment={"TMPDIR": str(private)})))

        assert (await check.observe()).outcome is Outcome.PASS
        assert list(private.iterdir()) == []

    async def test_without_a_server_the_checker_in_the_path_is_used(self, lab: Lab, tmp_path: Path) -> None:
        path = await self.saved(lab, tmp_path)
        lab.stop()

        assert (await self.seen(lab, tmp_path, path)).outcome is Outcome.PASS

    async def test_without_any_checker_it_is_unknown(self, lab: Lab, tmp_path: Path) -> None:
        path = await self.saved(lab, tmp_path)
        lab.stop()
        spec = RedisCheckSpec.model_validate({**lab.target(), "snapshot": {"path": str(path), "keys": "2"}})

        seen = await RedisCheck(spec, lab_world(tmp_path, LabHost(path=str(tmp_path / "none")))).observe()

        assert seen.outcome is Outcome.UNKNOWN
