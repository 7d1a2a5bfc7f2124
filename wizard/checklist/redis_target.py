"""Which Redis server is meant, and how one is let in: shared by every kind that asks or changes one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wizard.checklist.meaning import ADDRESS
from wizard.checklist.spec import Command, Flag, Spec, Text

Address = Annotated[str, ADDRESS]
"""Where a server listens."""


class RedisTarget(Spec):
    """A Redis server as its host reaches it."""

    address: Address = Field(
        default="127.0.0.1:6379", description="`host:port` as seen from the host, or a socket's path"
    )
    username: Text | None = Field(default=None, description="ACL user; the default user where none is given")
    password: Text | None = Field(default=None, description="template of a secret input; it is never in a command line")
    tls: Flag = Field(default=False, description="the server expects TLS; it is asked with the host's own client")
    cli: Command = Field(default="redis-cli", description="the client on the host, with options it always needs")
