"""What exists outside the host while it lives: mounts, keys, a lock; and how all of it goes away."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .cgroups import Subtree
from .network import Network
from .tools import RealHostError, check, locked, run

RUN_DIR = Path("/run/wizard-realhost")


@dataclass(frozen=True)
class Owner:
    """The lock that says a living test run owns a machine; the kernel drops it when that run dies."""

    descriptor: int

    def release(self) -> None:
        """Give the machine up."""
        os.close(self.descriptor)


def claim(token: str) -> Owner:
    """Create a machine's state directory and take the lock that marks it as alive."""
    with locked(RUN_DIR / "lock"):
        (RUN_DIR / token).mkdir(mode=0o700)
        descriptor = _try_lock(token)
    if descriptor is None:
        raise RealHostError(f"machine {token} is owned by another run")
    return Owner(descriptor)


def reap_stale() -> list[str]:
    """Tear down every machine whose test run has died, and name them."""
    with locked(RUN_DIR / "lock"):
        return [place.name for place in sorted(RUN_DIR.iterdir()) if place.is_dir() and _reap(place.name)]


def _reap(token: str) -> bool:
    descriptor = _try_lock(token)
    if descriptor is None:
        return False
    tear_down(token)
    os.close(descriptor)
    return True


def _try_lock(token: str) -> int | None:
    descriptor = os.open(RUN_DIR / token / "owner", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def tear_down(token: str) -> None:
    """Remove processes, cgroups, namespaces, mounts and files of a machine; safe to repeat."""
    with ExitStack() as steps:
        # Last in, first out; a step that fails does not keep the others from running.
        steps.callback(_remove_files, RUN_DIR / token)
        steps.callback(Network(token).remove)
        steps.callback(Subtree(f"wizard-realhost-{token}").remove)


def _remove_files(state: Path) -> None:
    for place in (state / "root", state / "scratch"):
        if place.is_mount():
            check(["umount", "--lazy", str(place)])
    shutil.rmtree(state, ignore_errors=True)


def mount_root(token: str, lower: list[Path]) -> None:
    """Mount a writable overlay over the cached root; what the host writes lives in memory."""
    state = RUN_DIR / token
    scratch = state / "scratch"
    for place in (scratch, state / "root"):
        place.mkdir()
    check(["mount", "-t", "tmpfs", "-o", "mode=0755", f"realhost-{token}", str(scratch)])
    for part in ("upper", "work"):
        (scratch / part).mkdir(mode=0o755)
    stack = ":".join(str(layer) for layer in lower)
    options = f"lowerdir={stack},upperdir={scratch}/upper,workdir={scratch}/work"
    check(["mount", "-t", "overlay", f"realhost-{token}", "-o", options, str(state / "root")])


def make_keys(state: Path) -> None:
    """Generate the operator's key and the host's key."""
    for name in ("operator_key", "host_key"):
        check(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(state / name)])


def install_identity(root: Path, state: Path, hostname: str) -> None:
    """Put name, host key and the operator's public key into a stopped host."""
    write(root / "etc/hostname", f"{hostname}\n", 0o644)
    write(root / "etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {hostname}\n", 0o644)
    write(root / "etc/ssh/ssh_host_ed25519_key", (state / "host_key").read_text(), 0o600)
    write(root / "etc/ssh/ssh_host_ed25519_key.pub", (state / "host_key.pub").read_text(), 0o644)
    ssh_dir = root / "home/autobot/.ssh"
    write(ssh_dir / "authorized_keys", (state / "operator_key.pub").read_text(), 0o600)
    ssh_dir.chmod(0o700)
    run(["chown", "-R", "1000:1000", str(ssh_dir)])


def write(path: Path, text: str, mode: int) -> None:
    """Write a file with its mode, creating its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
