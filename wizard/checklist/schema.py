"""The checklist's JSON Schema, for editors: completion, hover texts and errors while typing."""

from __future__ import annotations

import json
from typing import Any

from wizard.checklist.build import KindsLike, build


def _tidy(node: Any) -> Any:
    """The schema without what is only pydantic's: generated titles and the ``null`` of a key that is left out."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(value) for key, value in node.items() if not (key == "default" and value is None)}
    if isinstance(kept.get("title"), str):
        del kept["title"]
    return kept


def schema(kinds: KindsLike) -> dict[str, Any]:
    """JSON Schema 2020-12 of a checklist that may use these kinds."""
    tidy: dict[str, Any] = _tidy(build(kinds).model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Incident checklist", **tidy}


def schema_text(kinds: KindsLike) -> str:
    """The schema as the file to ship: the same text for the same kinds, whatever the order they were found in."""
    return json.dumps(schema(kinds), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
