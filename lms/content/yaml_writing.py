"""Writes plain data as content YAML, in the way in which the content files are written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

#: Longest value of several parts that stands on one line.
WIDTH = 100
_PLAIN = re.compile(r"[^\W\d_][\w .'’ʻ?!();/%+-]*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def write_scalar(value: object, *, in_flow: bool = False) -> str:
    """Return a word, a number, a truth or None; words in quotes unless everybody reads them as words without."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if not isinstance(value, str):
        return json.dumps(value)
    bare = value if in_flow else value.replace(",", "")
    if _PLAIN.fullmatch(bare) and value.lower() not in _WORDS and not value.endswith(" "):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in quoted)


def _escaped(letter: str) -> str:
    """Return a letter that does not show, as a number."""
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def write_flow(value: Any) -> str:
    """Return any plain data on one line."""
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{write_scalar(key, in_flow=True)}: {write_flow(each)}" for key, each in value.items())
            + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(write_flow(each) for each in value) + "]"
    return write_scalar(value, in_flow=True)


def write_entry(key: str, value: Any) -> list[str]:
    """Return the lines of `key: value`, not indented."""
    name = write_scalar(key)
    if isinstance(value, Mapping) and value and len(write_flow(value)) > WIDTH:
        return [f"{name}:", *(f"  {line}" for line in write_mapping(value))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value and _is_long(value):
        return [f"{name}:", *(f"  - {write_flow(each)}" for each in value)]
    is_scalar = isinstance(value, str) or not isinstance(value, Mapping | Sequence)
    return [f"{name}: {write_scalar(value) if is_scalar else write_flow(value)}"]


def _is_long(values: Sequence[Any]) -> bool:
    """Return whether a list stands on a line for each of its values."""
    return any(isinstance(each, Mapping) for each in values) or len(write_flow(values)) > WIDTH


def write_mapping(values: Mapping[str, Any]) -> list[str]:
    """Return the lines of keys and values, not indented."""
    return [line for key, value in values.items() for line in write_entry(key, value)]
