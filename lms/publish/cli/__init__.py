"""The command `lms content`: check and publish, and everything for translators."""

from __future__ import annotations

from lms.publish.cli import exchanging, publishing, translating
from lms.publish.cli.group import content, in_directory

__all__ = ["content", "exchanging", "in_directory", "publishing", "translating"]
