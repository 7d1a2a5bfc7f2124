"""Reading one value from where a checklist says that it stands: a command's output, a YAML file, or Redis."""

from __future__ import annotations

import shlex

from wizard.checklist.model import Source
from wizard.errors import WizardError
from wizard.facts.privacy import is_private
from wizard.frozen import frozen
from wizard.hosts.base import Host


@frozen
class Value:
    """What a source has now; ``private`` where a record may not show it."""

    text: str
    private: bool = False


async def value_of(host: Host, source: Source) -> Value:
    """The value that a rendered source has now.

    Raises:
        HostError: The host itself cannot be asked.
        WizardError: It can, but the value is not to be had.
    """
    if source.command is not None:
        said = await _said(host, source.command, "the command did not succeed")
        return Value(said.strip(), is_private(source.secret))
    if source.redis is not None:
        from wizard.facts.redis import read_values  # noqa: PLC0415 - few checklists read from Redis

        values = await read_values(host, source.redis, [source.redis.read])
        return Value(values[source.redis.read], is_private(source.secret))
    from wizard.facts.yamlpath import value_at  # noqa: PLC0415 - nor from YAML files

    path = shlex.quote(str(source.yaml))
    said = await _said(host, f"stat -Lc %a -- {path} && cat -- {path}", "the file could not be read")
    mode, _, file = said.partition("\n")
    return Value(value_at(file, str(source.at)), is_private(source.secret, mode))


async def _said(host: Host, script: str, otherwise: str) -> str:
    answer = await host.ask(script)
    if not answer.ok:
        raise WizardError(answer.complaint or otherwise, where=host.label)
    return answer.text
