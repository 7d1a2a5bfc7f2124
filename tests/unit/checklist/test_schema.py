from __future__ import annotations

import json

from tests.unit.checklist.fake_kinds import KINDS, FakeKinds
from wizard.checklist.schema import schema, schema_text


def test_the_schema_offers_every_kind_as_a_key() -> None:
    defs = schema(KINDS)["$defs"]
    assert {"run", "ownership", "watch"} <= set(defs["Step"]["properties"])
    assert {"required": ["run"]} in defs["Step"]["oneOf"]
    assert {"command", "tree"} <= set(defs["CheckItem"]["properties"])
    assert defs["Step"]["additionalProperties"] is False


def test_the_schema_names_its_dialect_and_what_a_checklist_needs() -> None:
    found = schema(KINDS)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"checklist", "title", "severity"} <= set(found["required"])


def test_a_field_named_title_survives() -> None:
    assert schema(KINDS)["$defs"]["Step"]["properties"]["title"] == {"type": "string"}


def test_the_same_kinds_give_the_same_text() -> None:
    shuffled = FakeKinds(dict(reversed(KINDS.actions.items())), dict(reversed(KINDS.checks.items())))
    assert schema_text(KINDS) == schema_text(shuffled)
    assert json.loads(schema_text(KINDS)) == schema(KINDS)
