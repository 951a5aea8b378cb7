"""What pydantic finds wrong in a content file, in the words of a writer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from lms.content.shapes import Path as DataPath
from lms.content.shapes import Spec


def untagged(path: DataPath, data: Any) -> DataPath:
    """Return `path` without the names of types that pydantic puts into it where a `type` decides the class."""
    kept: list[str | int] = []
    for step in path:
        if isinstance(data, Mapping) and step not in data and step == data.get("type"):
            continue
        kept.append(step)
        is_there = (isinstance(data, Mapping) and step in data) or (
            isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)
        )
        data = data[step] if is_there else None
    return tuple(kept)


def sentence_of(error: ErrorDetails, spec_class: type[Spec]) -> str:
    """Return pydantic's message in the words of a writer."""
    ctx: Mapping[str, Any] = error.get("ctx", {})
    sentences = {
        "missing": "missing",
        "extra_forbidden": f"unknown key{_suggestion(error, spec_class)}",
        "string_type": "must be words; put them in quotes if they look like a number, true or null",
        "int_type": "must be a whole number",
        "bool_type": "must be true or false",
        "tuple_type": "must be a list",
        "model_type": "must be keys and values",
        "string_too_long": f"longer than {ctx.get('max_length')} characters",
        "too_short": f"needs at least {ctx.get('min_length')}",
        "too_long": f"longer than {ctx.get('max_length')}",
        "greater_than_equal": f"must be at least {ctx.get('ge')}",
        "less_than_equal": f"must be at most {ctx.get('le')}",
        "union_tag_invalid": f"must be one of {_tags(ctx)}",
        "union_tag_not_found": "missing: type",
        "literal_error": f"must be {ctx.get('expected')}",
        "string_pattern_mismatch": f"{str(error['input'])[:60]!r} does not fit {ctx.get('pattern')}",
        "value_error": str(ctx.get("error")),
    }
    return sentences.get(error["type"], error["msg"])


def _tags(ctx: Mapping[str, Any]) -> str:
    """Return the types that could stand there, sorted."""
    return ", ".join(sorted(re.findall(r"'([^']*)'", str(ctx.get("expected_tags")))))


def _suggestion(error: ErrorDetails, spec_class: type[Spec]) -> str:
    """Return "; did you mean ..." for an unknown key of the file's outermost level."""
    if len(error["loc"]) != 1:
        return ""
    names = [field.alias or name for name, field in spec_class.model_fields.items()]
    close = get_close_matches(str(error["loc"][0]), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
