from __future__ import annotations

import pytest

from wizard.errors import UsageError
from wizard.hosts.targets import Target


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
