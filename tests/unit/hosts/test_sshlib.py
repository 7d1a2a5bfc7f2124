"""What is loaded of the SSH library: shown in a fresh process, as other tests load all of it."""

import subprocess
import sys

from wizard.hosts import sshlib

PROGRAM = """
import sys
from wizard.hosts.sshlib import asyncssh
assert "cryptography.x509" not in sys.modules
assert "asyncssh.crypto.x509" not in sys.modules
key = asyncssh.generate_private_key("ssh-ed25519")
assert asyncssh.import_private_key(key.export_private_key()).get_fingerprint() == key.get_fingerprint()
"""

NO_PROGRAMS = """
import pathlib, subprocess
started = []
class Popen(subprocess.Popen):
    def __init__(self, argv, *words, **options):
        started.append(argv)
        super().__init__(argv, *words, **options)
subprocess.Popen = Popen
import wizard.hosts.sshlib
assert not started or not pathlib.Path("/etc/ld.so.cache").exists(), started
"""


def test_no_program_looks_for_a_library() -> None:
    subprocess.run([sys.executable, "-c", NO_PROGRAMS], check=True)


def test_keys_work_without_x509() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_a_library_is_found_by_the_name_that_the_loader_knows() -> None:
    known = b"ld.so-1.7.0\0libnettle.so\0/lib/libnettle.so\0libhogweed.so.6\0/usr/lib/x86_64-linux-gnu/libnettle.so.8\0"
    assert [sshlib._cached(known, name) for name in ("nettle", "hogweed", "oqs")] == [
        "libnettle.so.8",
        "libhogweed.so.6",
        None,
    ]
