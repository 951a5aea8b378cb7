"""Tables of fieldwork."""

from __future__ import annotations

from lms.fieldwork.models.attendance import AttendanceEntry, ClassCredit
from lms.fieldwork.models.calendars import CalendarFeed
from lms.fieldwork.models.cohorts import Cohort, CohortMember, CohortOrganization
from lms.fieldwork.models.hours import HoursAct, HoursEntry, HoursEvent, HoursHost
from lms.fieldwork.models.sessions import GroupSession, SessionTeacher, SignUp
from lms.fieldwork.models.sign_offs import Observation, ObservationDraft, ObservationEvent

__all__ = [
    "AttendanceEntry",
    "CalendarFeed",
    "ClassCredit",
    "Cohort",
    "CohortMember",
    "CohortOrganization",
    "GroupSession",
    "HoursAct",
    "HoursEntry",
    "HoursEvent",
    "HoursHost",
    "Observation",
    "ObservationDraft",
    "ObservationEvent",
    "SessionTeacher",
    "SignUp",
]
