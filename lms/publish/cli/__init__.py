"""The command `lms content`: check and publish, and everything for translators."""

from __future__ import annotations

from lms.publish.cli import exchanging, publishing, translating
from lms.publish.cli.group import content

__all__ = ["content", "exchanging", "publishing", "translating"]
