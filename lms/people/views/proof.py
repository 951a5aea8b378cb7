"""The present password, asked for again before something that matters."""

from __future__ import annotations

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.people import queries, rules, service
from lms.people.queries import AccountFacts
from lms.people.views.sessions import second_guard


def check_present_password(account: AccountFacts, typed: str | None) -> None:
    """Raise `RuleBroken` "password_wrong" or "too_many_tries" unless this is the account's password, or it has none."""
    if account.password_hash is None:
        return
    guard = second_guard(account.public_id)
    if not queries.may_guess(reading(), guard, now()):
        raise RuleBroken("too_many_tries")
    if not rules.password_matches(account.password_hash, typed or ""):
        write(lambda session: service.fail_sign_in(session, guard, at=now()))
        raise RuleBroken("password_wrong")
