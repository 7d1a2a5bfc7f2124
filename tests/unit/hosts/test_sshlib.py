"""What is loaded of the SSH library: shown in a fresh process, as other tests load all of it."""

import subprocess
import sys

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
cache = pathlib.Path("/etc/ld.so.cache")
looked_for = ("oqs", "liboqs", "nettle", "libnettle", "libnettle-6")
there = [name for name in looked_for if not cache.exists() or f"lib{name}.".encode() in cache.read_bytes()]
assert len(started) <= len(there), (started, there)
assert all("ldconfig" in argv[0] for argv in started), started
"""


def test_no_program_looks_for_a_library_that_is_not_there() -> None:
    subprocess.run([sys.executable, "-c", NO_PROGRAMS], check=True)


def test_keys_work_without_x509() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
