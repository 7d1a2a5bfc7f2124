"""The report as JSON, for other programs."""

from __future__ import annotations

import dataclasses
import json

from wizard.report.model import Report


def to_json(report: Report) -> str:
    """The report model as one JSON object; every text as it stands in the journal, escaped as JSON only."""
    return json.dumps(dataclasses.asdict(report), ensure_ascii=True, indent=2) + "\n"
