"""What the SSH library knows of algorithms, by their names in ssh_config(5). Imported lazily."""

from __future__ import annotations

from wizard.hosts.sshlib import asyncssh


def _names(given: list[bytes]) -> tuple[str, ...]:
    return tuple(name.decode("ascii") for name in given)


def _open(given: list[bytes]) -> tuple[str, ...]:
    """Those that OpenSSH has too, ed25519 first, as in its default order; myproposal.h."""
    order = ("ssh-ed25519", "ecdsa-", "sk-", "rsa-sha2-512", "rsa-sha2-256")
    names = [name for name in _names(given) if name.startswith(order) and "1.3.132" not in name]
    return tuple(sorted(names, key=lambda name: [not name.startswith(begin) for begin in order]))


KEX, USUAL_KEX = _names(asyncssh.kex.get_kex_algs()), _names(asyncssh.kex.get_default_kex_algs())

ENCRYPTION = _names(asyncssh.encryption.get_encryption_algs())
USUAL_ENCRYPTION = _names(asyncssh.encryption.get_default_encryption_algs())

MAC, USUAL_MAC = _names(asyncssh.mac.get_mac_algs()), _names(asyncssh.mac.get_default_mac_algs())

PUBLIC_KEY = _names(asyncssh.public_key.get_public_key_algs())
USUAL_PUBLIC_KEY = _names(asyncssh.public_key.get_default_public_key_algs())
USUAL_HOST_KEY = _open(asyncssh.public_key.get_default_public_key_algs())

CERTIFICATE = _names(asyncssh.public_key.get_certificate_algs())
USUAL_CERTIFICATE = _open(asyncssh.public_key.get_default_certificate_algs())
