"""Reading one value from where a checklist says that it stands: a command's output, a YAML file, or Redis."""

from __future__ import annotations

import shlex

from wizard.checklist.model import Source
from wizard.errors import WizardError
from wizard.hosts.base import Host


async def value_of(host: Host, source: Source) -> str:
    """The value that a rendered source has now.

    Raises:
        HostError: The host itself cannot be asked.
        WizardError: It can, but the value is not to be had.
    """
    if source.command is not None:
        return (await _said(host, source.command, "the command did not succeed")).strip()
    if source.redis is not None:
        from wizard.facts.redis import read_values  # noqa: PLC0415 - few checklists read from Redis

        values = await read_values(host, source.redis, [source.redis.read])
        return values[source.redis.read]
    from wizard.facts.yamlpath import value_at  # noqa: PLC0415 - nor from YAML files

    file = await _said(host, f"cat -- {shlex.quote(str(source.yaml))}", "the file could not be read")
    return value_at(file, str(source.at))


async def _said(host: Host, script: str, otherwise: str) -> str:
    answer = await host.ask(script)
    if not answer.ok:
        raise WizardError(answer.complaint or otherwise, where=host.label)
    return answer.text
