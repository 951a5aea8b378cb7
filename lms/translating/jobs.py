"""The nightly job of translations: unsigned reports lose the order in which they came."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import write
from lms.translating import service


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- as every job
    """Mix the unsigned reports that are open; return "", since how many there are says nothing to anybody."""
    write(service.mix_reports)
    return ""
