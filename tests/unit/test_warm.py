"""A program that begins as a fork has all that it would have as a program of its own, and is a child like any other."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import warm

TELLS = """
import gc, locale, os, resource, signal, sys, threading
print(sys.argv, sys.orig_argv, sys.path, sys.flags, sys.warnoptions, __name__)
print(sorted(os.environ.items()), os.getcwd(), os.getuid(), os.getgroups())
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream.name, stream.mode, stream.encoding, stream.errors, stream.line_buffering, stream.buffer)
print(sys.__stdout__ is sys.stdout, [int(one) for one in os.listdir("/proc/self/fd")])
print({one.name: str(signal.getsignal(one)) for one in signal.Signals})
told = {"Umask", "Threads", "SigPnd", "SigBlk", "SigIgn", "SigCgt", "CapEff", "NoNewPrivs"}
print([line for line in open("/proc/self/status") if line.partition(":")[0] in told])
print([resource.getrlimit(one) for one in range(16)])
print(os.getpgid(0) == os.getpgid(os.getppid()), os.getsid(0) == os.getpid(), os.nice(0))
print(locale.setlocale(locale.LC_ALL), gc.isenabled(), gc.get_threshold(), [one.name for one in threading.enumerate()])
print(repr(sys.stdin.read()), "é", sys.gettrace(), sys.getrecursionlimit(), sys.excepthook is sys.__excepthook__)
sys.exit("gone")
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**warm.LIKE_ALL, "PATH": os.environ["PATH"], "HOME": str(home), "A_SECRET": "é", **more}


def both(words: list[str], home: Path, given: str = "") -> list[subprocess.CompletedProcess[str]]:
    """What a program of its own did, and what a fork did."""
    return [
        warm.run([sys.executable, *words], env=environment(home), cwd=home, given=given, text=True, cold=cold)
        for cold in (True, False)
    ]


@pytest.mark.parametrize("how", ["-c", "-m"])
def test_it_finds_what_it_would_find_as_a_program_of_its_own(tmp_path: Path, how: str) -> None:
    (tmp_path / "tells.py").write_text(TELLS)
    before, limits = os.umask(0o026), resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[0] - 1, limits[1]))
    try:
        cold, fork = both([how, TELLS if how == "-c" else "tells", "one", "ä"], tmp_path, "given\r\nß")
    finally:
        os.umask(before)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert "Umask:\\t0026" in cold.stdout
    assert fork.stdout.splitlines() == cold.stdout.splitlines()
    assert (fork.returncode, fork.stderr) == (cold.returncode, cold.stderr) == (1, "gone\n")


@pytest.mark.parametrize(
    "program",
    [
        "",
        "raise SystemExit(3)",
        "import atexit; atexit.register(print, 'last'); print('first')",
        "import os; print('never written', end=''); os._exit(4)",
        "import os; os.kill(os.getpid(), 9)",
        "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
        "import threading; threading.Timer(0.01, print, ['later']).start()",
    ],
)
def test_it_ends_as_a_program_of_its_own_ends(tmp_path: Path, program: str) -> None:
    cold, fork = both(["-c", program], tmp_path)
    assert (fork.returncode, fork.stdout) == (cold.returncode, cold.stdout)


def test_an_error_that_nobody_caught_is_told_and_ends_it(tmp_path: Path) -> None:
    for done in both(["-c", "raise ValueError('on purpose')"], tmp_path):
        assert done.returncode == 1
        assert done.stderr.endswith('File "<string>", line 1, in <module>\nValueError: on purpose\n')


def test_it_is_a_fork_that_is_a_zombie_until_it_is_asked_for(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import sys, wizard.headless; print('began', flush=True); sys.stdin.read()"]
    pipe = subprocess.PIPE
    with warm.begin(words, env=environment(tmp_path), stdin=pipe, stdout=pipe) as process:
        assert isinstance(process, warm.Fork)
        assert process.stdout.readline() == b"began\n"
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        os.kill(process.pid, signal.SIGTERM)
        assert process.stdout.read() == b""
        assert Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZR"
        assert process.wait(10) == -signal.SIGTERM
        assert process.poll() == -signal.SIGTERM
        assert not Path(f"/proc/{process.pid}").exists()


def test_what_would_run_before_the_program_is_refused(tmp_path: Path) -> None:
    words = [sys.executable, "-c", ""]
    for wish in ({"preexec_fn": print}, {"shell": True}, {"pass_fds": [0]}, {"umask": 0}):
        with pytest.raises(TypeError, match=next(iter(wish))):
            warm.begin(words, env=environment(tmp_path), **wish)


def test_several_at_a_time_are_told_apart(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import sys; sys.exit(int(input()))"]
    pipe = subprocess.PIPE
    every = [warm.begin(words, env=environment(tmp_path), stdin=pipe, stdout=pipe, text=True) for _ in range(5)]
    for number, process in reversed([*enumerate(every)]):
        process.communicate(f"{number}\n", timeout=10)
    assert [process.returncode for process in every] == [0, 1, 2, 3, 4]


def test_only_programs_of_the_interface_have_its_variable(tmp_path: Path) -> None:
    told = "print(os.environ.get('TEXTUAL_FPS'), 'screens' in sys.modules)"
    program = f"import os, sys; {told}; import screens.app; {told}; print(screens.app.__spec__.name, screens.__file__)"
    cold, fork = both(["-c", program], tmp_path)
    assert cold.stdout.startswith("None False\n1000 True\nscreens.app /")
    assert fork.stdout == cold.stdout


@pytest.mark.parametrize(
    "variable",
    ["PYTHONWARNINGS", "LC_ALL", "LANG", "TEXTUAL_ANIMATIONS", "TEXTUAL_FPS", "ESCDELAY", "TERM_PROGRAM", "LD_PRELOAD"],
)
def test_what_is_read_while_python_starts_or_loads_begins_cold(tmp_path: Path, variable: str) -> None:
    words = [sys.executable, "-m", "wizard.cli"]
    assert warm.fits(words, environment(tmp_path))
    assert not warm.fits(words, environment(tmp_path, **{variable: "other"}))


@pytest.mark.parametrize("words", [["-P", "-c", ""], ["-IS", "script.py"], ["script.py", "word"], []], ids=" ".join)
def test_other_ways_to_start_python_begin_cold(tmp_path: Path, words: list[str]) -> None:
    assert not warm.fits([sys.executable, *words], environment(tmp_path))
    assert not warm.fits(["/bin/true", "-c", "", *words], environment(tmp_path))


READ = """
import os, traceback
plain, read = os._Environ.__getitem__, set()

def noted(self, name):
    if not any("sysconfig" in frame.filename for frame in traceback.extract_stack()):
        read.add(name)
    return plain(self, name)

os._Environ.__getitem__ = noted
from tests.support import warm_server
warm_server.load()
print(*sorted(read))
"""


def test_every_variable_that_is_read_while_the_wizard_is_loaded_is_known(tmp_path: Path) -> None:
    done = warm.run([sys.executable, "-c", READ], env=environment(tmp_path), text=True, cold=True)
    read = set(done.stdout.split())
    assert "TEXTUAL_THEME" in read, done.stderr
    # wizard.hosts.sshlib takes PATH away while it loads asyncssh, and puts it back. Where Python's sysconfig looks for
    # a user's own packages, which a venv has none of, nobody asks it.
    assert {name for name in read if not warm.FIXED.fullmatch(name)} == {"PATH"}
