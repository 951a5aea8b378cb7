"""Every section of the download."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.assessing import of_assessing
from lms.home.queries.export.certifying import of_certifying
from lms.home.queries.export.elsewhere import of_elsewhere
from lms.home.queries.export.fieldwork import of_fieldwork
from lms.home.queries.export.herself import of_herself
from lms.home.queries.export.learning import of_learning
from lms.home.queries.export.sessions import of_sessions
from lms.home.queries.export.work import of_work


@cache
def sections() -> dict[str, Select[Any]]:
    """Return every section of the download, by its name."""
    taught = of_learning() | of_assessing() | of_fieldwork() | of_sessions() | of_elsewhere()
    return of_herself() | of_work() | taught | of_certifying()
