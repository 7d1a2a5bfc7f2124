"""Names of hosts and users by OpenSSH's rules: what a shell or an option's parser would read is no name."""

from __future__ import annotations

import pytest

from wizard.checklist.logins import NOT_IN_HOST, NOT_IN_USER, Login
from wizard.errors import UsageError


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("redis", Login("redis")),
        ("autobot@172.16.168.23", Login("172.16.168.23", "autobot")),
        ("autobot@redis:2222", Login("redis", "autobot", 2222)),
        ("a@b@redis", Login("redis", "a@b")),
        ("root@[::1]:22", Login("::1", "root", 22)),
        ("root@fe80::1", Login("fe80::1", "root")),
        ("root@fe80::1%eth0", Login("fe80::1%eth0", "root")),
        ("under_score-1.example.com.", Login("under_score-1.example.com.")),
        (r"CORP\jane.doe@redis", Login("redis", r"CORP\jane.doe")),
        ("büro@höst", Login("höst", "büro")),
        ("ssh://me@127.0.0.1:2222", Login("127.0.0.1", "me", 2222)),
        ("ssh://redis/", Login("redis")),
        ("ssh://j%C3%A4ne;fingerprint=x@[::1]:22", Login("::1", "jäne", 22)),
    ],
)
def test_a_login_is_read(text: str, login: Login) -> None:
    assert Login.parse(text) == login


@pytest.mark.parametrize(
    "text",
    [
        *["", "@redis", "autobot@", "redis:port", "redis:0", "redis:99999", "-oProxyCommand=x", "-x@redis", "a b"],
        *[
            "[::1",
            "[-x]:22",
            "i-$(id>x).aws",
            "x`touch${IFS}y`.jump",
            "${HOME}",
            "a\nb",
            "a\u202eb",
            "a\x1b[0m",
            "a\tb",
        ],
        *["a -oProxyCommand=x@redis", "a\\@redis", "a\nb@redis", "ssh://", "ssh://-x", "ssh://redis/path"],
        *["ssh://a%3Bid@redis", "ssh://%2Dx@redis", "ssh://%ff@redis", "ssh://a%0a@redis", "ssh://a%20b@redis"],
        *[r"CORP\jane doe@redis", "a /etc/pass* ~root@redis", "a\u00a0b@redis", "~root@redis", "a*@redis", "a#@redis"],
        *[f"a{sign}b" for sign in sorted(NOT_IN_HOST)],
        *[f"a{sign}b@redis" for sign in sorted(NOT_IN_USER)],
    ],
)
def test_what_is_no_login_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(UsageError, match="Write user@host"):
        Login.parse(text)
