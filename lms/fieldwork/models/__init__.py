"""Tables of fieldwork."""

from __future__ import annotations

from lms.fieldwork.models.attendance import AttendanceEntry, ClassCredit
from lms.fieldwork.models.calendars import CalendarFeed
from lms.fieldwork.models.cohorts import Cohort, CohortMember, CohortOrganization
from lms.fieldwork.models.sessions import GroupSession, SessionTeacher, SignUp

__all__ = [
    "AttendanceEntry",
    "CalendarFeed",
    "ClassCredit",
    "Cohort",
    "CohortMember",
    "CohortOrganization",
    "GroupSession",
    "SessionTeacher",
    "SignUp",
]
