"""What is said of the time that is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.journals import make
from wizard.run import events as ev
from wizard.run.earlier import earlier_runs
from wizard.run.estimate import Estimate, Timing, brief, estimate, length, practised, timing, told
from wizard.run.journal import JOURNAL, decode

JOURNALS = Path(make.__file__).parent


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (390, "6 min"), (7140, "119 min"), (9000, "2.5 h")],
)
def test_a_length_is_as_exact_as_an_estimate_can_be(seconds: float, words: str) -> None:
    assert length(seconds) == words


def test_it_says_how_long_how_sure_and_where_from() -> None:
    assert told(Estimate(360, 240, 660, 3)) == "about 6 min left (4-11 min, from 3 earlier runs)"
    assert told(Estimate(70, 40, 240, 1)) == "about 70 s left (40 s-4 min, from 1 earlier run)"
    assert told(Estimate(360, 360, 360, 2, 2)) == "at least 6 min left (6 min, from 2 earlier runs, and 2 never timed)"
    assert brief(Estimate(360, 240, 660, 3)) == "about 6 min left"


def test_the_median_counts_and_one_bad_night_does_not() -> None:
    earlier = [Timing({"a": seconds}) for seconds in (60, 70, 80, 4000)]
    assert estimate(["a"], earlier) == Estimate(75, 60, 4000, 4)


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert estimate(["a"], []) is None
    assert estimate(["a"], [Timing({"b": 5})]) is None
    assert estimate([], [Timing({"b": 5})]) is None


def test_what_is_known_of_a_watch_is_taken_as_it_is() -> None:
    found = estimate(["a", "watch"], [Timing({"a": 60, "watch": 3600})], known={"watch": 100.0})
    assert found == Estimate(160, 160, 160, 1)


def test_the_time_of_a_real_journal() -> None:
    records = [decode(line)[0] for line in (JOURNALS / "clean.jsonl").read_bytes().splitlines()]
    taken = timing(records).steps
    assert "backups" not in taken or taken["backups"] >= 0
    assert taken["watch"] >= 60


def test_only_whole_earlier_runs_of_the_same_checklist_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path))
    clean = (JOURNALS / "clean.jsonl").read_bytes()
    runs = tmp_path / "runs"
    runs.mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    names = {
        "20260314-020000-0a1b-stock-save": clean,
        "20260315-020000-0a1c-stock-save": b"not a journal\n",
        "20260316-020000-0a1d-stock-save": clean,
        "20260317-020000-0a1e-other": clean,
        "20260318-020000-0a1f-stock-save": clean,
    }
    for name, text in names.items():
        (runs / name).mkdir(mode=0o700)
        (runs / name / JOURNAL).write_bytes(text)
    assert len(earlier_runs("stock-save", runs / "20260318-020000-0a1f-stock-save")) == 2
    assert earlier_runs("none-such", tmp_path) == []
    monkeypatch.setattr("wizard.run.earlier.NEWEST", 1)
    assert len(earlier_runs("stock-save", tmp_path)) == 1
    monkeypatch.setattr("wizard.run.earlier.LARGEST", len(clean) - 1)
    assert earlier_runs("stock-save", tmp_path) == []


@pytest.mark.parametrize(
    ("label", "environment", "practice"),
    [
        ("ops@192.0.2.10 · sudo", "production", False),
        ("ops@127.example.org", "production", False),
        ("ops@192.0.2.10 · sudo", "practice", True),
        ("autobot@127.0.0.1:38071 · sudo", "production", True),
        ("me@localhost", "", True),
    ],
)
def test_a_practice_run_is_told_from_a_real_one(label: str, environment: str, *, practice: bool) -> None:
    assert practised([ev.HostConnected("redis", label, {}, environment)]) == practice
    assert practised([]) is False
