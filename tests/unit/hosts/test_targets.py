from __future__ import annotations

import pytest

from wizard.errors import UsageError
from wizard.hosts.targets import Login, Target


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("redis", Login("redis")),
        ("autobot@172.16.168.23", Login("172.16.168.23", "autobot")),
        ("autobot@redis:2222", Login("redis", "autobot", 2222)),
        ("a@b@redis", Login("redis", "a@b")),
        ("root@[::1]:22", Login("::1", "root", 22)),
        ("root@fe80::1", Login("fe80::1", "root")),
    ],
)
def test_a_login_is_read(text: str, login: Login) -> None:
    assert Login.parse(text) == login


@pytest.mark.parametrize(
    "text",
    ["", "@redis", "autobot@", "redis:port", "redis:0", "redis:99999", "-oProxyCommand=x", "-x@redis", "a b", "[::1"],
)
def test_what_is_no_login_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(UsageError, match="Write user@host"):
        Login.parse(text)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("127.0.0.1:6379", Target("127.0.0.1", 6379)),
        ("[::1]:6379", Target("::1", 6379)),
        ("/run/redis/redis.sock", Target(path="/run/redis/redis.sock")),
    ],
)
def test_a_tunnel_leads_to_a_port_or_a_socket(text: str, target: Target) -> None:
    assert Target.parse(text) == target


@pytest.mark.parametrize("text", ["redis", "redis.sock", "redis:", ":6379", "redis:x"])
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="host:port"):
        Target.parse(text)
