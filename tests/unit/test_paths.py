"""Where runs are kept, and how a person names one."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from wizard import paths
from wizard.errors import UsageError

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chosen = tmp_path / "state"
    monkeypatch.setenv("WIZARD_STATE_DIR", str(chosen))
    return chosen


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def made(run_id: str, checklist: str = "redis-ownership") -> Path:
    path = paths.new_run_directory(checklist, run_id)
    (path / "events.jsonl").touch()
    return path


def test_everything_is_private_whatever_the_umask(state: Path) -> None:
    before = os.umask(0)
    try:
        run = made("20261123-120000-7f3a")
        keys = paths.known_hosts_file()
    finally:
        os.umask(before)
    assert [mode(path) for path in (state, paths.runs_directory(), run)] == [0o700] * 3
    assert mode(keys) == 0o600


def test_the_umask_is_only_changed_when_asked() -> None:
    before = os.umask(0o022)
    try:
        made("20261123-120000-7f3a")
        assert paths.private_umask() == 0o022
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)


def test_without_the_variable_the_system_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", "")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg-state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg-config"))
    assert paths.state_directory() == tmp_path / "xdg-state" / "incident-wizard"
    assert paths.config_directory() == tmp_path / "xdg-config" / "incident-wizard"


def test_with_the_variable_configuration_is_found_there_too(state: Path) -> None:
    assert paths.config_directory() == state / "config"


def test_a_state_directory_open_to_others_is_refused_and_left_as_it_is(state: Path) -> None:
    state.mkdir()
    state.chmod(0o755)
    with pytest.raises(UsageError, match=f"open to others.*chmod 700 {state}"):
        paths.runs_directory()
    assert mode(state) == 0o755


def test_a_file_in_place_of_the_directory_is_told_in_words(state: Path) -> None:
    state.touch()
    with pytest.raises(UsageError, match=f"{state}: cannot be used: Not a directory"):
        paths.state_directory()


def test_accepted_host_keys_survive_and_are_closed_to_others(state: Path) -> None:
    keys = paths.known_hosts_file()
    keys.write_text("host key")
    keys.chmod(0o644)
    assert paths.known_hosts_file() == state / "known_hosts"
    assert keys.read_text() == "host key"
    assert mode(keys) == 0o600


def test_host_keys_are_not_read_through_a_link(state: Path, tmp_path: Path) -> None:
    paths.state_directory()
    (state / "known_hosts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be used"):
        paths.known_hosts_file()
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_id_is_utc_time_and_chance() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    assert re.fullmatch(r"20261123-120000-[0-9a-f]{4}", paths.new_run_id(east))
    assert len({paths.new_run_id(NOON) for _ in range(50)}) > 40


def test_run_ids_sort_by_time() -> None:
    ids = [paths.new_run_id(NOON + timedelta(seconds=second)) for second in (0, 1, 3600, 86400)]
    assert ids == sorted(ids)


def test_a_time_without_a_zone_makes_no_run_id() -> None:
    with pytest.raises(ValueError, match="zone"):
        paths.new_run_id(NOON.replace(tzinfo=None))


def test_a_run_is_never_put_into_another() -> None:
    made("20261123-120000-7f3a")
    with pytest.raises(UsageError, match="such a run already"):
        made("20261123-120000-7f3a")


@pytest.mark.parametrize("checklist", ["../evil", "a/b", "", ".", "-x", "a\nb"])
def test_a_run_is_never_made_outside(checklist: str) -> None:
    with pytest.raises(UsageError, match="no name of a run"):
        made("20261123-120000-7f3a", checklist)
    assert list(paths.runs_directory().iterdir()) == []


def test_a_run_is_found_by_its_id_a_beginning_or_its_last_four_characters() -> None:
    run = made("20261123-120000-7f3a")
    made("20261124-120000-0b1c")
    for text in ("20261123-120000-7f3a", run.name, "20261123", "7f3a"):
        assert paths.find_run(text) == run


def test_the_last_run_is_the_newest_that_has_a_journal() -> None:
    made("20261123-120000-7f3a")
    newest = made("20261124-120000-0b1c", "another")
    made("20261122-120000-ffff")
    paths.new_run_directory("never-begun", "20261125-120000-0000")
    (paths.runs_directory() / "zzz").mkdir()
    assert paths.find_run("last") == newest
    assert [path.name[:8] for path in paths.runs()] == ["20261124", "20261123", "20261122"]


def test_a_beginning_that_several_runs_share_names_them() -> None:
    made("20261123-120000-7f3a")
    made("20261123-130000-0b1c")
    with pytest.raises(UsageError, match=r"means 2 runs: .*0b1c.*7f3a.*Give more of the id"):
        paths.find_run("20261123")


def test_a_run_elsewhere_is_found_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "my run"
    elsewhere.mkdir()
    (elsewhere / "events.jsonl").touch()
    monkeypatch.chdir(tmp_path)
    for text in (str(elsewhere), "./my run", "my run/", "my run"):
        assert paths.find_run(text) == elsewhere


def test_a_directory_without_a_journal_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no events\.jsonl"):
        paths.find_run(str(tmp_path))


@pytest.mark.parametrize("text", ["nothing", "", "3a"])
def test_a_name_that_means_nothing_says_where_to_look(text: str) -> None:
    made("20261123-120000-7f3a")
    with pytest.raises(UsageError, match=r"there is no run .*wizard runs"):
        paths.find_run(text)


def test_last_before_any_run_says_how_to_start_one() -> None:
    with pytest.raises(UsageError, match=r"no run yet.*wizard run CHECKLIST"):
        paths.find_run("last")
