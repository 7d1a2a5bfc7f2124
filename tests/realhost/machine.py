"""One fresh Debian host in systemd-nspawn, reachable over SSH from its own operator namespace."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from . import lifetime
from .cgroups import Subtree, unified_mount
from .network import HOST_ADDRESS, Network
from .rootfs import Flavour, layers
from .tools import RealHostError, Result, check, environment, run, wait_until

Sudo = Literal["nopasswd", "password"]
Hook = Callable[[Path], None]

USER = "autobot"
UNIT = "redis-stack-server.service"
HOSTNAME = "autobot-database"
BOOT_DEADLINE = 60.0
HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The keeper loop steps aside into its own cgroup (a group with children may hold no process), gives
# nspawn the directory it wants as a mount point, and starts it again when the host reboots (133).
KEEPER = r"""
here="$1$(sed -n 's/^0:://p' /proc/self/cgroup)"; shift
mkdir -p /run/systemd/nspawn "$here/keeper" && echo $$ > "$here/keeper/cgroup.procs"
mount -t tmpfs tmpfs /run/systemd/nspawn
code=133
while [ $code -eq 133 ]; do
    sh -c 'echo $$ > "$0/cgroup.procs"; exec "$@"' "$here" "$@"
    code=$?
done
exit $code
"""


class Machine:
    """A booted host; use it as a context manager, or call `start` and `stop`."""

    address = HOST_ADDRESS
    user = USER
    unit = UNIT

    def __init__(
        self,
        flavour: Flavour = "debian",
        *,
        sudo: Sudo = "nopasswd",
        kill_user_processes: bool = False,
        before_boot: Sequence[Hook] = (),
    ) -> None:
        """Describe the host; nothing exists before `start`."""
        self.flavour: Flavour = flavour
        self.sudo: Sudo = sudo
        self.token = secrets.token_hex(4)
        self.network = Network(self.token)
        self.subtree = Subtree(f"wizard-realhost-{self.token}")
        self.state = lifetime.RUN_DIR / self.token
        self._kill_user_processes = kill_user_processes
        self._before_boot = tuple(before_boot)
        self._password = secrets.token_urlsafe(9)
        self._owner: lifetime.Owner | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Build and boot the host."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove every trace of the host, also when it never came up."""
        self.stop()

    def start(self) -> Self:
        """Build and boot the host, and wait until sshd answers."""
        lower = layers(self.flavour)
        lifetime.reap_stale()
        try:
            self._owner = lifetime.claim(self.token)
            lifetime.mount_root(self.token, lower)
            self.network.create()
            self._prepare()
            self._boot()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Pull the plug and remove processes, namespaces, mounts and cgroups."""
        lifetime.tear_down(self.token)
        if self._keeper is not None:
            self._keeper.wait()
            self._keeper = None
        self.abandon()

    def abandon(self) -> None:
        """Let go of the host without stopping it, as a test run does that is killed."""
        if self._owner is not None:
            self._owner.release()
            self._owner = None

    @property
    def root(self) -> Path:
        """The host's file system before boot, or while it is powered off."""
        return self.state / "root"

    @property
    def key_file(self) -> Path:
        """The operator's private key, accepted for `user`."""
        return self.state / "operator_key"

    @property
    def host_public_key(self) -> str:
        """The host's public key as `type base64`."""
        line = (self.state / "host_key.pub").read_text().split()
        return " ".join(line[:2])

    @property
    def known_hosts_line(self) -> str:
        """The line a known_hosts file needs for this host."""
        return f"{self.address} {self.host_public_key}"

    @property
    def host_key_fingerprint(self) -> str:
        """The host key's fingerprint as ssh prints it (SHA256:...)."""
        return check(["ssh-keygen", "-lf", str(self.state / "host_key.pub")]).split()[1]

    @property
    def sudo_password(self) -> str | None:
        """What sudo asks for, or None where it asks nothing."""
        return self._password if self.sudo == "password" else None

    @property
    def console(self) -> str:
        """What the host has written to its console so far."""
        return (self.state / "console.log").read_text(errors="replace")

    def leader(self) -> int | None:
        """The host's PID 1 as this machine numbers it, or None while it is down."""
        return next((pid for pid in sorted(self.subtree.pids()) if _is_init(pid)), None)

    def live_root(self) -> Path:
        """The booted host's own view of its file system, seen from this machine."""
        return Path(f"/proc/{self._leader()}/root")

    def operator_argv(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that runs `argv` as the operator."""
        return self.network.in_operator(list(argv))

    def run(self, command: str | Sequence[str], *, stdin: str | None = None, timeout: float = 60) -> Result:
        """Run a command (a string goes to bash) inside the host as root, without SSH."""
        argv = ["bash", "-c", command] if isinstance(command, str) else list(command)
        clean = ["env", "-i", f"PATH={HOST_PATH}", "HOME=/root", "LC_ALL=C.UTF-8", "TERM=dumb"]
        enter = ["nsenter", "-t", str(self._leader()), "-m", "-u", "-i", "-n", "-p", "-C"]
        return run([*enter, "--", *clean, *argv], stdin=stdin, timeout=timeout)

    def check(self, command: str | Sequence[str], *, stdin: str | None = None, timeout: float = 60) -> str:
        """Run a command inside the host that has to succeed; return its output."""
        done = self.run(command, stdin=stdin, timeout=timeout)
        if done.returncode != 0:
            raise RealHostError(f"exit {done.returncode} in the host from {command!r}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def redis(self, *args: str, timeout: float = 60) -> str:
        """Run one Redis command inside the host; an error reply raises."""
        return self.check(["redis-cli", "-e", "--raw", *args], timeout=timeout).strip()

    def link_down(self) -> None:
        """Cut the network between operator and host."""
        self.network.link("down")

    def link_up(self) -> None:
        """Join the network again."""
        self.network.link("up")

    def reboot(self, *, wait_for_redis: bool = True) -> None:
        """Reboot cleanly through systemd and wait until sshd, and Redis if enabled, answer again."""
        before = self._leader()
        self.run(["systemctl", "reboot"])
        wait_until("the host going down", lambda: self.leader() != before, seconds=BOOT_DEADLINE)
        self._wait_ready()
        self._wait_enabled(wanted=wait_for_redis)

    def power_cycle(self, *, wait_for_redis: bool = True) -> None:
        """Cut the power, boot again with the disk as it was, and wait as `reboot` does."""
        self.power_off()
        self._boot()
        self._wait_enabled(wanted=wait_for_redis)

    def wait_redis(self, seconds: float = 30) -> None:
        """Wait until the unit is active and Redis answers and has loaded its data."""
        wait_until(f"{UNIT} answering", self.redis_answers, seconds=seconds)

    def redis_answers(self) -> bool:
        """Say whether the unit is active and Redis answers PONG right now."""
        active = self.run(["systemctl", "is-active", UNIT]).stdout.strip() == "active"
        return active and self.run(["redis-cli", "PING"]).stdout.startswith(("PONG", "MISCONF"))

    def power_off(self) -> None:
        """Cut the power; disk and network stay."""
        self.subtree.kill()
        if self._keeper is not None:
            self._keeper.wait()
            self._keeper = None

    def ssh_answers(self) -> bool:
        """Say whether the operator gets sshd's banner right now."""
        knock = f"exec 3<>/dev/tcp/{self.address}/22 && head -c 4 <&3"
        with suppress(subprocess.TimeoutExpired):
            return run(self.operator_argv(["bash", "-c", knock]), timeout=1).stdout == "SSH-"
        return False

    def _prepare(self) -> None:
        """Give the stopped host its keys, its password and its policies; then the caller's changes."""
        lifetime.make_keys(self.state)
        lifetime.install_identity(self.root, self.state, HOSTNAME)
        rule = "ALL" if self.sudo == "password" else "NOPASSWD: ALL"
        lifetime.write(self.root / "etc/sudoers.d/autobot", f"{USER} ALL=(ALL:ALL) {rule}\n", 0o440)
        answer = "yes" if self._kill_user_processes else "no"
        logind = self.root / "etc/systemd/logind.conf.d/realhost.conf"
        lifetime.write(logind, f"[Login]\nKillUserProcesses={answer}\n", 0o644)
        check(["chroot", str(self.root), "chpasswd"], stdin=f"{USER}:{self._password}\n")
        for hook in self._before_boot:
            hook(self.root)

    def _boot(self) -> None:
        log = (self.state / "console.log").open("ab")
        with log:
            self._keeper = subprocess.Popen(
                self._boot_argv(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment(SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1"),
            )
        self._wait_ready()

    def _boot_argv(self) -> list[str]:
        unshare = ["unshare", "--mount", "--propagation", "private"]
        keeper = ["sh", "-c", KEEPER, "keeper", str(unified_mount())]
        nspawn = ["systemd-nspawn", "--quiet", "--keep-unit", "--register=no", "--boot"]
        place = [f"--directory={self.root}", f"--machine={HOSTNAME}"]
        net = f"--network-namespace-path=/run/netns/{self.network.host}"
        return [*self.subtree.prefix(), *unshare, *keeper, *nspawn, *place, net, "--console=read-only"]

    def _wait_ready(self) -> None:
        try:
            wait_until("sshd's banner", self._alive_and_answering, seconds=BOOT_DEADLINE)
            wait_until("systemd's start-up done", self._settled, seconds=BOOT_DEADLINE)
        except RealHostError as error:
            raise RealHostError(f"{error}\n--- console ---\n{self.console[-4000:]}") from error

    def _wait_enabled(self, *, wanted: bool) -> None:
        if wanted and self.run(["systemctl", "is-enabled", UNIT]).stdout.strip() == "enabled":
            self.wait_redis()

    def _alive_and_answering(self) -> bool:
        if self._keeper is not None and self._keeper.poll() is not None:
            raise RealHostError(f"systemd-nspawn ended with {self._keeper.returncode}")
        return self.leader() is not None and self.ssh_answers()

    def _settled(self) -> bool:
        return self.run(["systemctl", "is-system-running"]).stdout.strip() in ("running", "degraded")

    def _leader(self) -> int:
        found = self.leader()
        if found is None:
            raise RealHostError("the host is not running")
        return found


def _is_init(pid: int) -> bool:
    """Say whether a process is PID 1 of a PID namespace below ours."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[1:]
        return len(numbers) > 1 and numbers[-1] == "1"
    return False
