"""Where the wizard keeps things in the user's directories, and who may read them: only the user."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import stat
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from wizard import owned
from wizard.account import account_name
from wizard.errors import UsageError

APPLICATION = "incident-wizard"
"""The name of our folder in the user's directories."""

STATE_VARIABLE = "WIZARD_STATE_DIR"
"""Environment variable that puts everything below one directory, configuration included."""

JOURNAL = "events.jsonl"
"""The file that makes a directory a run directory."""

INBOX = "inbox"
"""The directory of a run in which others leave words for the wizard that writes it."""

CONTENT = "content"
"""The directory of a run with what must be kept only until the run has ended, as others may not read it."""

LAST = "last"

_RUN_ID = r"\d{8}-\d{6}-[0-9a-f]{4}"
_CHECKLIST_ID = r"[a-z][a-z0-9_-]*"
_RUN_DIRECTORY = re.compile(f"({_RUN_ID})-{_CHECKLIST_ID}")


def private_umask() -> int:
    """Make every file this process creates from now on readable by the user alone; the old mask is returned."""
    return os.umask(0o077)


def _refused(path: Path, error: OSError) -> UsageError:
    reason = error.strerror or type(error).__name__
    return UsageError(f"cannot be used: {reason}", where=str(path), mend=f"Make it yours, or set {STATE_VARIABLE}")


def _if_ours(path: Path, descriptor: int) -> os.stat_result:
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid():
        what = f"belongs to another user, {account_name(status.st_uid)}"
        raise UsageError(what, where=str(path), mend="Choose a place that is yours")
    return status


def _directory_if_ours(path: Path) -> os.stat_result:
    try:
        real = owned.place(path)
        missing = takewhile(lambda one: not one.exists(), (real, *real.parents))
        for one in reversed(list(missing)):
            one.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return _if_ours(path, descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _refused(path, error) from error


def private_directory(path: Path) -> Path:
    """The directory, made with mode 0700 where it is missing; one that is there is never changed.

    Raises:
        UsageError: It cannot be made, is no directory, belongs to another user or is open to others, or somebody else
            could put another in its place.
    """
    mode = stat.S_IMODE(_directory_if_ours(path).st_mode)
    if mode & 0o077:
        mend = f"chmod 700 {shlex.quote(str(path))}, or choose another place"
        raise UsageError(f"is open to others (mode {mode:04o})", where=str(path), mend=mend)
    return path


def own_directory(path: Path) -> Path:
    """The directory as `private_directory`; one that is there may be read by others, but written by nobody else.

    Raises:
        UsageError: As `private_directory`.
    """
    seen = _directory_if_ours(path)
    if owned.open_to(seen, path):
        mend = f"chmod 700 {shlex.quote(str(path))}, once you know what is in it"
        what = f"can be written by others (mode {stat.S_IMODE(seen.st_mode):04o})"
        raise UsageError(what, where=str(path), mend=mend)
    return path


def private_file(path: Path) -> Path:
    """The file, made empty where it is missing, with mode 0600.

    Raises:
        UsageError: It cannot be made, is a link or belongs to another user.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        try:
            if _if_ours(path, descriptor).st_mode & 0o177:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _refused(path, error) from error
    return path


def _chosen() -> Path | None:
    chosen = os.environ.get(STATE_VARIABLE, "")
    return Path(chosen).expanduser().absolute() if chosen else None


def state_directory() -> Path:
    """Where runs and accepted host keys are kept."""
    return private_directory(_chosen() or user_state_path(APPLICATION, appauthor=False))


def config_directory() -> Path:
    """Where the user's own settings are kept."""
    chosen = _chosen()
    return private_directory(chosen / "config" if chosen else user_config_path(APPLICATION, appauthor=False))


def settings_file() -> Path:
    """The user's settings; looking for it makes nothing."""
    chosen = _chosen()
    return (chosen / "config" if chosen else user_config_path(APPLICATION, appauthor=False)) / "settings.yaml"


def local_spool() -> str:
    """Where attempts on this machine are kept if everything is to be in one place; empty for the usual place."""
    chosen = _chosen()
    return str(chosen / "spool") if chosen else ""


def known_hosts_file() -> Path:
    """The host keys that a person accepted here, read beside the user's own; empty at first."""
    return private_file(state_directory() / "known_hosts")


def runs_directory() -> Path:
    """Where run directories are made unless one is chosen."""
    return private_directory(state_directory() / "runs")


def new_run_id(now: datetime) -> str:
    """A short id that sorts by time: UTC to the second and two random bytes, ``20261123-143005-7f3a``.

    Args:
        now: With its time zone.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("a run id needs a time with its zone")
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def new_run_directory(checklist_id: str, run_id: str) -> Path:
    """A new, empty directory below ``runs_directory()``, named after both.

    Raises:
        UsageError: A name is not an id, or there is such a run.
    """
    name = f"{run_id}-{checklist_id}"
    if not _RUN_DIRECTORY.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a run", mend="An id has lower-case letters, digits, - and _")
    path = runs_directory() / name
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise UsageError("there is such a run already", where=str(path), mend="Start again for a new id") from None
    except OSError as error:
        raise _refused(path, error) from error
    return path


def runs() -> list[Path]:
    """Every run directory that has a journal, newest first."""
    found = [path for path in runs_directory().iterdir() if _RUN_DIRECTORY.fullmatch(path.name)]
    return sorted((path for path in found if (path / JOURNAL).is_file()), key=_age, reverse=True)


def _age(run: Path) -> tuple[str, int]:
    """A name tells seconds only; of two runs of one second the one that was written last is the newer."""
    return run.name[: len("20261123-143005")], (run / JOURNAL).stat().st_mtime_ns


def _matches(path: Path, text: str) -> bool:
    """The text begins the run's name, or is the four characters that end its id."""
    found = _RUN_DIRECTORY.fullmatch(path.name)
    return bool(text) and (path.name.startswith(text) or (found is not None and found[1].endswith(f"-{text}")))


def _last() -> Path:
    found = runs()
    if not found:
        raise UsageError(
            "there is no run yet", where=str(runs_directory()), mend="Start one with: wizard run CHECKLIST"
        )
    return found[0]


def _by_path(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not (path / JOURNAL).is_file():
        raise UsageError(f"is not a run directory: it has no {JOURNAL}", where=text, mend="See: wizard runs")
    return path


def find_run(text: str) -> Path:
    """The run directory meant by a path, an id, the beginning of one, its last four characters, or ``last``.

    A path has a slash in it.

    Raises:
        UsageError: Nothing is meant by it, or several runs are.
    """
    if text == LAST:
        return _last()
    if os.sep in text or text.startswith("~"):
        return _by_path(text)
    found = [path for path in runs() if _matches(path, text)]
    if len(found) > 1:
        names = ", ".join(path.name for path in found[:5])
        raise UsageError(f"{text!r} means {len(found)} runs: {names}", mend="Give more of the id")
    return found[0] if found else _unnamed(text)


def _unnamed(text: str) -> Path:
    if text and (Path(text) / JOURNAL).is_file():
        return Path(text).absolute()
    raise UsageError(f"there is no run {text!r}", where=str(runs_directory()), mend="See: wizard runs")
