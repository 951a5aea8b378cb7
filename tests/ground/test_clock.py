"""Where days begin: in the zone of the settings, in Los Angeles unless they say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lms import clock
from lms.app import create_app
from tests.databases import make_config


@pytest.fixture
def zone_kept() -> Iterator[None]:
    """Give the process its zone back."""
    yield
    clock.use_zone("America/Los_Angeles")


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("America/Los_Angeles", datetime(2026, 3, 8, 7, 59, tzinfo=UTC), date(2026, 3, 7)),
        ("America/Los_Angeles", datetime(2026, 3, 8, 8, 0, tzinfo=UTC), date(2026, 3, 8)),
        ("Pacific/Honolulu", datetime(2026, 3, 8, 8, 0, tzinfo=UTC), date(2026, 3, 7)),
        ("Pacific/Tongatapu", datetime(2026, 3, 7, 11, 0, tzinfo=UTC), date(2026, 3, 8)),
    ],
)
def test_days_are_judged_in_the_zone_of_the_settings(
    zone: str, at: datetime, day: date, tmp_path: Path, zone_kept: None
) -> None:
    create_app(make_config(tmp_path, f"sqlite:///{tmp_path}/a.sqlite3", LMS_TIMEZONE=zone))
    assert clock.local_date(at) == day
    assert clock.zone().key == zone
