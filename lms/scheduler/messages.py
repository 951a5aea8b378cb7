"""When a job runs, and when it runs next, in words."""

from __future__ import annotations

from datetime import datetime, time

from lms.clock import now
from lms.i18n import format_clock, format_instant, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.scheduler.jobs import JOBS
from lms.scheduler.rules import Daily, Every, Schedule, is_constant

_WEEKDAYS = (
    _l("Mondays at %(time)s"),
    _l("Tuesdays at %(time)s"),
    _l("Wednesdays at %(time)s"),
    _l("Thursdays at %(time)s"),
    _l("Fridays at %(time)s"),
    _l("Saturdays at %(time)s"),
    _l("Sundays at %(time)s"),
)


def when(schedule: Schedule) -> str:
    """Return when a job of this schedule runs, in the reader's language. Hours are local."""
    if isinstance(schedule, Every):
        minutes, seconds = divmod(schedule.seconds, 60)
        if minutes:
            return str(ngettext("every minute", "every %(num)s minutes", minutes))
        return str(ngettext("every second", "every %(num)s seconds", seconds))
    clock = format_clock(time(schedule.hour, schedule.minute))
    if isinstance(schedule, Daily):
        return _("daily at %(time)s", time=clock)
    return str(_WEEKDAYS[schedule.weekday]) % {"time": clock}


def next_run_of(name: str, next_run_at: datetime) -> str:
    """Return when a job runs next, from the instant that is noted of it.

    One that runs all the time notes none that could be told; one whose instant has passed waits for the scheduler.
    """
    schedule = next((job.schedule for job in JOBS if job.name == name), None)
    if schedule is None:
        return _("not any more")
    if is_constant(schedule):
        return when(schedule)
    told = format_instant(next_run_at)
    return _("waiting since %(time)s", time=told) if next_run_at < now() else told
