"""Pages of fieldwork."""

from __future__ import annotations

from lms.fieldwork.views.blueprint import bp

__all__ = ["bp"]
