"""Cheap password hashes: a check with production's settings takes tens of milliseconds, and these tests make many."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from lms.people.rules import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = CHEAP.hash("\0nobody")


@pytest.fixture
def production_hashes() -> None:
    """Leave the hashes of this test as production makes them."""


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "production_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_hasher", CHEAP)
        monkeypatch.setattr(passwords, "NO_PASSWORD", NOBODY)
