"""`linewright schema`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from linewright.cli.printing import as_json


def schema() -> None:
    """Print the JSON Schema of the line file, so that editors complete and mark it."""
    from linewright.model.schema import json_schema

    as_json(json_schema())
