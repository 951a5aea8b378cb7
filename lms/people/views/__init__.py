"""Pages of people: signing in, the own account, administration of people."""

from __future__ import annotations

from lms.people.views import (
    account,
    admin,
    assist,
    codes,
    contacts,
    invitations,
    language,
    links,
    second_factor,
    sign_in,
)
from lms.people.views.blueprint import Roof, bp, init_app
from lms.people.views.sessions import drop_session, keep_session, remembered_session_id, resume_session

#: Importing these modules registers their routes.
PAGES = (account, admin, assist, codes, contacts, invitations, language, links, second_factor, sign_in)

__all__ = ["PAGES", "Roof", "bp", "drop_session", "init_app", "keep_session", "remembered_session_id", "resume_session"]
