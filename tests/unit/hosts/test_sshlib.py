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


def test_keys_work_without_x509() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
