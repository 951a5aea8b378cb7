"""When a job runs, in words."""

from __future__ import annotations

from datetime import time

from lms.i18n import format_clock, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.scheduler.rules import Daily, Every, Schedule

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
