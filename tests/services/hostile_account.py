"""An account that replaces, as fast as it can, every name in its directories that root is about to use."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pwd
import random
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from tests.support.trees import photograph

ACCOUNT = "nobody"
CONTENT = b"level=debug\n"
PLANTED = b"evil ALL=(ALL) NOPASSWD: ALL\n"

_EXCHANGE = 2
_AT_FDCWD = -100
_EVENTS = 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100  # modify, attrib, both closes, open, moved to, create
_HEAD = struct.Struct("iIII")
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Stage:
    """Directories of the account, and beside them what is not its own and must stay as it is.

    ``app/w/app.conf`` and ``app/tree`` are what root works on; each name in there also leads outside, at times.
    """

    base: Path

    @property
    def app(self) -> Path:
        """Belongs to the account."""
        return self.base / "app"

    @property
    def outside(self) -> Path:
        """Belongs to root, who alone may enter it."""
        return self.base / "outside"

    @property
    def file(self) -> Path:
        """What root writes, chowns and chmods."""
        return self.app / "w" / "app.conf"

    @property
    def tree(self) -> Path:
        """What root gives away with all that is in it."""
        return self.app / "tree"

    def untouched(self) -> str:
        """All that is outside: names, content, owners, modes and access lists."""
        acls = subprocess.run(["getfacl", "-Rnp", str(self.outside)], check=True, capture_output=True, text=True).stdout
        return f"{photograph(self.outside)}\n{acls}"

    def lay(self) -> None:
        """Make it new, whatever the account has done to it."""
        account = pwd.getpwnam(ACCOUNT)
        shutil.rmtree(self.app, ignore_errors=True)
        for folder in (self.app, self.app / "w", self.tree, self.tree / "d"):
            folder.mkdir()
            os.chown(folder, account.pw_uid, account.pw_gid)
        files = [self.file, self.tree / "d" / "shadow", *(self.tree / f"f{number}" for number in range(40))]
        for file in files:
            file.write_bytes(CONTENT)
            file.chmod(0o644)
            os.chown(file, account.pw_uid, account.pw_gid)
        # Something is to be done in a tree that is to be given to the account.
        for file in files[1::4]:
            os.chown(file, 0, 0)


@contextmanager
def hostile_stage() -> Iterator[Stage]:
    """The directories; ``outside`` has a file by each name that root uses inside."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        stage = Stage(Path(folder))
        stage.base.chmod(0o755)
        stage.outside.mkdir(mode=0o700)
        for name in ("app.conf", "shadow", "f1"):
            (stage.outside / name).write_text("root:only\n")
            (stage.outside / name).chmod(0o600)
        stage.lay()
        yield stage


@contextmanager
def attack(stage: Stage, seed: int) -> Iterator[None]:
    """Let the account at it, in two processes: one swaps what it knows, the other what it sees appear."""
    with ExitStack() as stack:
        for attacker in (_swap, _react):
            stack.enter_context(_as_account(attacker, stage, seed))
        yield


@contextmanager
def _as_account(attacker: Callable[[Stage, int], None], stage: Stage, seed: int) -> Iterator[None]:
    account = pwd.getpwnam(ACCOUNT)

    def become() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        attacker(stage, seed)

    process = multiprocessing.get_context("fork").Process(target=become, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _exchange(one: Path, other: Path) -> None:
    """Both names change their meaning in one step."""
    _LIBC.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE)


def _swap(stage: Stage, seed: int) -> None:
    """Each name that root was told of leads outside for a moment, again and again."""
    chance = random.Random(seed)  # noqa: S311 - to be had again by its seed
    kept = f"app.conf.kept-{sha256(PLANTED).hexdigest()[:8]}"
    pairs = [
        _lay_link(stage.app, "w", stage.outside),
        _lay_link(stage.app / "w", "app.conf", stage.outside / "app.conf"),
        _lay_link(stage.app, "tree", stage.outside),
        _lay_link(stage.tree, "d", stage.outside),
        _lay_link(stage.tree, "f1", stage.outside / "f1"),
    ]
    for number in count():
        one, other = chance.choice(pairs)
        _exchange(one, other)
        time.sleep(chance.random() * 0.002)
        _exchange(one, other)
        time.sleep(chance.random() * 0.004)
        with suppress(OSError):
            if number % 16 == 0:
                (stage.app / "planted").write_bytes(PLANTED)
                (stage.app / "planted").rename(stage.file)
                (stage.file.parent / kept).symlink_to(stage.outside / "shadow")
            elif number % 16 == 8:
                os.link(stage.outside / "app.conf", stage.app / "hard", follow_symlinks=False)
                (stage.app / "hard").rename(stage.file)


def _lay_link(folder: Path, name: str, target: Path) -> tuple[Path, Path]:
    link = folder / f"{name}.link"
    with suppress(FileExistsError):
        link.symlink_to(target)
    return folder / name, link


def _react(stage: Stage, seed: int) -> None:
    """What appears, is opened or closed under a name that the account did not choose is replaced at once."""
    chance = random.Random(seed)  # noqa: S311 - to be had again by its seed
    eyes = _LIBC.inotify_init()
    folders = {
        _LIBC.inotify_add_watch(eyes, os.fsencode(folder), _EVENTS): folder
        for folder in (stage.app / "w", stage.app, stage.tree)
    }
    while True:
        select.select([eyes], [], [])
        data = os.read(eyes, 65536)
        while data:
            watch, _, _, length = _HEAD.unpack_from(data)
            name = data[_HEAD.size : _HEAD.size + length].rstrip(b"\0").decode()
            data = data[_HEAD.size + length :]
            if name.startswith(".wizard") and chance.random() < 0.5:
                _replace(folders[watch] / name, stage, chance)


def _replace(path: Path, stage: Stage, chance: random.Random) -> None:
    target = chance.choice([stage.outside, stage.outside / "app.conf"])
    aside = path.with_name(f"aside{chance.random()}")
    with suppress(OSError):
        path.rename(aside)
        path.symlink_to(target)
        time.sleep(chance.random() * 0.004)
        path.unlink()
        aside.rename(path)
