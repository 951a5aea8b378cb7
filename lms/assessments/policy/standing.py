"""Who is an assessor, and whose work is still to be judged."""

from __future__ import annotations

from sqlalchemy import select

from lms.organizations.queries import PEOPLE

ASSESSORS = ("trainer", "certifier")
#: Not in a record that was joined to another: what waits there goes on only when the two are taken apart again.
STANDING = select(PEOPLE.c.id).where(PEOPLE.c.merged_into_id.is_(None))
