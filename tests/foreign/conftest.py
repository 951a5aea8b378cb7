"""The certificates that others' programs look at."""

from __future__ import annotations

import pytest

from tests.databases import Databases
from tests.foreign.scene import Scene, make_scene


@pytest.fixture(scope="session")
def scene(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Return certificates in every state, and what is published about them."""
    return make_scene(databases, tmp_path_factory.mktemp("scene"))
