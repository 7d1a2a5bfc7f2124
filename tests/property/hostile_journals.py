"""Journals in which every text that somebody outside could choose is a hostile one."""

import dataclasses
from typing import Any

from hypothesis import strategies as st

from tests.fixtures.journals.make import HOSTILE, STORIES
from wizard.run.events import Record, body_of, event_of

KEPT = {"step", "phase", "scope", "kind", "id", "key", "sha256", "outcome", "role", "moment", "verdict", "run", "state"}
"""Fields that say where something belongs; a stranger in them is seen by the hostile_text golden report."""
nasty = st.sampled_from(
    [
        HOSTILE,
        "`",
        "``` ```` `",
        "\\",
        "\\|",
        "|",
        "a|`b\\`|c",
        "![i](u)",
        "<b>",
        "<http://x.example>",
        "http://x.example",
        "www.x.example",
        "www.",
        "a@b.example",
        "x.io",
        "start-redis.sh",
        "//x.example",
        "mailto:a@b.example",
        "[r]: http://x.example",
        "[^1]: x",
        "# h",
        "1. x",
        "- x",
        "+ x",
        "---",
        "===",
        "~~~",
        "~~s~~",
        "*e*",
        "__s__",
        "> q",
        "&copy;",
        "\n\n# h\n\n",
        "\r\n```\n",
        "    code",
        "\t- x",
        "|---|",
        "a\u2028# b",
        "\u202e\u200b",
    ]
)
pieces = st.lists(st.one_of(nasty, st.text(max_size=8), st.sampled_from(list("`|\\<>[]()!*_~#&@.:/- \n"))), max_size=6)
hostile_strings = pieces.map("".join).filter(lambda value: bool(value.strip()))


def with_text(value: Any, by: str, field: str = "") -> Any:
    """The same shape with every text in it replaced, but for those that say where something belongs."""
    if isinstance(value, str):
        return value if field in KEPT or not value else by
    if isinstance(value, dict):
        return {key: with_text(item, by, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_text(item, by, field) for item in value] if field != "plan" else list(value)
    return value


def hostile_journal(name: str, by: str) -> list[Record]:
    records = STORIES[name]().records
    return [
        dataclasses.replace(record, who=by, event=event_of(record.event.kind, with_text(body_of(record.event), by)))
        for record in records
    ]
