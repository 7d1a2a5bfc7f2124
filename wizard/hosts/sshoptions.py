"""The SSH library's options for one login: each explicit, so that nothing is read or sent that is not named here.

What a configuration may not do here is left out: answer for a host's key (StrictHostKeyChecking, VerifyHostKeyDNS,
NoHostAuthenticationForLocalhost), lend the agent or a ticket (ForwardAgent, GSSAPIDelegateCredentials), send variables
(SendEnv, SetEnv), run or ask for something else (LocalCommand, RemoteCommand, RequestTTY), share a connection
(ControlMaster), or forward ports. Imported lazily.
"""

from __future__ import annotations

import fnmatch
import socket
from collections.abc import Iterable, Sequence
from typing import Any

from wizard.errors import UsageError
from wizard.hosts import algorithms
from wizard.hosts.configuration import Configuration
from wizard.hosts.known import Lookup
from wizard.hosts.sshlib import asyncssh

KEEPALIVE = 5
"""Seconds of silence after which a sign of life is asked for, where ServerAliveInterval says nothing."""

KEEPALIVES = 3
"""How many go unanswered until the link is lost."""

FASTEST = "aes128-gcm@openssh.com"
"""With OpenSSL, measured."""

CERTIFIED = "-cert-v01@openssh.com"

_FIXED: dict[str, Any] = {
    "config": None,
    "agent_forwarding": False,
    "client_host_keysign": False,
    "x509_trusted_certs": None,
    "x509_trusted_cert_paths": (),
    "utf8_decode_errors": "replace",
    # The library's own would count seconds in which this process did not run.
    "connect_timeout": None,
    "login_timeout": 0,
    "command": None,
    "env": None,
    "send_env": None,
    "request_pty": False,
    "x11_forwarding": False,
    "encoding": None,
    "canonicalize_hostname": False,
    # Keys are given when they are asked for, which is once the host has proven who it is.
    "client_keys": None,
    "agent_path": None,
    "pkcs11_provider": None,
    "password_auth": False,
    "kbdint_auth": False,
    "host_based_auth": False,
    # It would prove the host by its Kerberos name, and its key would be looked at by nobody.
    "gss_kex": False,
    "gss_delegate_creds": False,
}

_IN_VAIN = {"proxyusefdpass": "ProxyUseFdpass", "bindinterface": "BindInterface"}
"""Options without which another way would be taken than the one that is configured."""

_FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}


def unfollowed(configuration: Configuration) -> Sequence[str]:
    """What is configured as a way to log in and has no equivalent here; for who is not let in."""
    names = {
        "pkcs11provider": "PKCS11Provider",
        "hostbasedauthentication": "HostbasedAuthentication",
        "enablesshkeysign": "EnableSSHKeysign",
    }
    return [name for option, name in names.items() if configuration.flag(option)]


def options(configuration: Configuration) -> dict[str, Any]:
    """All but the host key's kinds, the client and the way there.

    Raises:
        UsageError: Something is configured that has no equivalent, so that another way would be taken.
    """
    where = configuration.login.host
    for option, name in _IN_VAIN.items():
        if configuration.flag(option):
            raise UsageError(
                f"{name} of the SSH configuration has no equivalent here",
                where=where,
                mend=f"Set `{name}` otherwise for this host, ahead of where it is set",
            )
    given = dict(_FIXED)
    given |= {"username": configuration.user, "host_key_alias": configuration.alias or None}
    given |= _algorithms(configuration)
    given |= _methods(configuration)
    given["keepalive_interval"] = configuration.number("serveraliveinterval") or KEEPALIVE
    given["keepalive_count_max"] = configuration.number("serveralivecountmax") or KEEPALIVES
    given["tcp_keepalive"] = configuration.flag("tcpkeepalive", default=True)
    given["family"] = _FAMILIES.get(configuration.text("addressfamily"), socket.AF_UNSPEC)
    if address := configuration.text("bindaddress"):
        given["local_addr"] = (address, 0)
    size, _, seconds = configuration.text("rekeylimit").partition(" ")
    given |= {"rekey_bytes": int(size)} if size.isdecimal() and int(size) else {}
    given |= {"rekey_seconds": int(seconds)} if seconds.isdecimal() and int(seconds) else {}
    return given


def silence(configuration: Configuration) -> float | None:
    """Seconds without a byte after which the link is lost, where the configuration says; ssh(1) then ends too."""
    interval = configuration.number("serveraliveinterval")
    return interval * (configuration.number("serveralivecountmax") or KEEPALIVES) if interval else None


def _methods(configuration: Configuration) -> dict[str, Any]:
    keys, tickets = configuration.flag("pubkeyauthentication", default=True), configuration.flag("gssapiauthentication")
    methods = [name for name, on in (("gssapi-with-mic", tickets), ("publickey", keys)) if on]
    if wanted := configuration.text("preferredauthentications"):
        methods = [name for name in wanted.split(",") if name in methods]
    return {
        "public_key_auth": "publickey" in methods,
        "gss_auth": "gssapi-with-mic" in methods,
        # None looks for no ticket, which would take its time.
        **({} if "gssapi-with-mic" in methods else {"gss_host": None}),
        "preferred_auth": methods or ["publickey"],
    }


def _algorithms(configuration: Configuration) -> dict[str, Any]:
    ciphers = _selected(configuration, "Ciphers", algorithms.ENCRYPTION, algorithms.USUAL_ENCRYPTION)
    # A speed-up may reorder what is allowed, and nothing else.
    ciphers.sort(key=lambda name: name != FASTEST)
    return {
        "encryption_algs": ciphers,
        "kex_algs": _selected(configuration, "KexAlgorithms", algorithms.KEX, algorithms.USUAL_KEX),
        "mac_algs": _selected(configuration, "MACs", algorithms.MAC, algorithms.USUAL_MAC),
        "signature_algs": _signatures(configuration),
        "compression_algs": ["zlib@openssh.com", "none"] if configuration.flag("compression") else ["none"],
    }


def _signatures(configuration: Configuration) -> list[str]:
    """Certificates' kinds allow the signatures that their keys make."""
    name = "PubkeyAcceptedAlgorithms"
    text = configuration.text(name.lower()).replace("-cert-v01@openssh.com", "@openssh.com")
    plain = ",".join(
        each if each.startswith(("sk-", "webauthn-")) else each.removesuffix("@openssh.com") for each in text.split(",")
    )
    return _chosen(configuration, name, plain, algorithms.PUBLIC_KEY, algorithms.USUAL_PUBLIC_KEY)


def _selected(configuration: Configuration, name: str, possible: Sequence[str], usual: Sequence[str]) -> list[str]:
    return _chosen(configuration, name, configuration.text(name.lower()), possible, usual)


def _chosen(
    configuration: Configuration, name: str, text: str, possible: Sequence[str], usual: Sequence[str]
) -> list[str]:
    """Those that are allowed and that the library knows, in the configuration's order.

    Args:
        configuration: For whom.
        name: The option.
        text: Its value. ``ssh -G`` lists names plainly; the library's reader leaves ``+``, ``-``, ``^`` and patterns.
        possible: What the library knows.
        usual: What it takes where nothing is said.

    Raises:
        UsageError: There is none.
    """
    sign, patterns = (text[0], text[1:]) if text[:1] in {"+", "-", "^"} else ("", text)
    # Most are plain names, for which no regular expression need be made: ``ssh -G`` lists half a hundred.
    matched = [
        each
        for pattern in patterns.split(",")
        for each in (fnmatch.filter(possible, pattern) if {*"*?["} & {*pattern} else {pattern} & {*possible})
    ]
    match sign:
        case "+":
            matched = [*usual, *matched]
        case "-":
            matched = [each for each in usual if each not in matched]
        case "^":
            matched = [*matched, *usual]
        case _ if not text:
            matched = list(usual)
    if not matched:
        raise UsageError(
            f"no value of {name} of the SSH configuration has an equivalent here: {text}",
            where=configuration.login.host,
            mend=f"Allow one of {', '.join(usual)}",
        )
    return list(dict.fromkeys(matched))


def host_key_algorithms(configuration: Configuration, lookup: Lookup, *, certified: bool) -> list[str]:
    """The kinds of key the host is asked for: first those on record, so that it shows one of them; then ssh's order.

    Args:
        configuration: HostKeyAlgorithms are what is allowed.
        lookup: What is on record.
        certified: Ask for certificates too: only where an authority is on record that could have signed one, as a host
            that shows another's certificate shows no key that a person could accept.

    Raises:
        UsageError: None is left.
    """
    known = [*algorithms.CERTIFICATE, *algorithms.PUBLIC_KEY]
    usual = [*algorithms.USUAL_CERTIFICATE, *algorithms.USUAL_HOST_KEY]
    allowed = _selected(configuration, "HostKeyAlgorithms", known, usual)
    recorded = set(_kinds(lookup.keys))
    plain = [name for name in allowed if not name.endswith(CERTIFIED)]
    plain.sort(key=lambda name: name not in recorded)
    return [*(name for name in allowed if certified and name.endswith(CERTIFIED)), *plain]


def without(names: Iterable[str], key: asyncssh.SSHKey) -> list[str]:
    """The kinds of key that are left once this one was shown."""
    shown = set(_kinds([key]))
    return [name for name in names if name not in shown and not name.endswith(CERTIFIED)]


def _kinds(keys: Iterable[asyncssh.SSHKey]) -> Iterable[str]:
    return (name.decode("ascii") for key in keys for name in key.sig_algorithms)
