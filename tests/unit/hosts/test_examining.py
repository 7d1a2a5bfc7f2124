"""A look at a host: what a real sh tells, and what is made of a host that does not."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.absent import absent_name
from tests.support.lab_host import LabHost
from wizard.errors import LinkLost
from wizard.hosts.base import Answer
from wizard.hosts.examining import examine
from wizard.hosts.fake import FakeHost


async def test_a_real_shell_tells_clock_tools_and_room(tmp_path: Path) -> None:
    program = absent_name("program")
    seen = await examine(LabHost(), ["sh", program], [str(tmp_path / "not" / "there yet")])
    assert seen.why == ""
    assert seen.skew is not None
    assert abs(seen.skew) <= seen.within + 0.1
    assert Path(seen.tools["sh"]).exists()
    assert seen.tools[program] == ""
    assert seen.kernel.startswith(os.uname().sysname)
    paths = {disk["path"]: disk for disk in seen.disks}
    assert set(paths) == {"spool", "/", str(tmp_path / "not" / "there yet")}
    size = os.statvfs(tmp_path)
    assert paths[str(tmp_path / "not" / "there yet")]["size"] <= size.f_blocks * size.f_frsize


async def test_a_clock_without_fractions_is_known_less_surely() -> None:
    host = FakeHost().answers_with("clock", 'clock\t1700000000.%N\nos\t"Some OS"\nrooms\nFilesystem\nnone\n')
    seen = await examine(host, [], [])
    assert seen.within >= 0.5
    assert seen.os == "Some OS"
    assert list(seen.disks) == []


async def test_room_is_told_path_by_path_and_not_at_all_where_a_line_is_missing() -> None:
    said = "clock\t1700000000.5\nrooms\nFilesystem 1024-blocks Used Available Capacity Mounted on\n"
    root, share = "/dev/a 9 8 1 89% /\n", "//server/our share 100 60 40 60% /mnt/our share\n"
    seen = await examine(FakeHost().answers_with("clock", said + root + root + share), [], ["/x"])
    assert [(disk["path"], disk["mount"], disk["free"]) for disk in seen.disks] == [
        ("spool", "/", 1024),
        ("/", "/", 1024),
        ("/x", "/mnt/our share", 40 * 1024),
    ]
    seen = await examine(FakeHost().answers_with("clock", said + root + share), [], ["/x"])
    assert (seen.why, list(seen.disks)) == ("", [])


async def test_a_host_that_cannot_answer_is_unknown_and_holds_nothing_up() -> None:
    silent = FakeHost().answers_with("clock", Answer(None, timed_out=True))
    assert "no answer" in (await examine(silent, [], [])).why
    cut = FakeHost().answers_with("clock", LinkLost("cut"))
    assert (await examine(cut, [], [])).why == "cut"
    assert (await examine(FakeHost(), [], [])).why


async def test_names_are_words_and_never_run() -> None:
    seen = await examine(LabHost(), ["x; echo hurt"], ["/$(echo hurt)"])
    assert seen.tools == {"x; echo hurt": ""}
    assert [disk["path"] for disk in seen.disks] == ["spool", "/", "/$(echo hurt)"]
