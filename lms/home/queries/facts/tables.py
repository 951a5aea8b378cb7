"""The tables of all features, by their names: these reads name tables as foreign keys do."""

from __future__ import annotations

from lms.db import Base

TABLES = Base.metadata.tables
