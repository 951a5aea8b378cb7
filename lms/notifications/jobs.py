"""The jobs of letters: planning what is due by local dates, and sending.

A letter is claimed, sent outside any transaction, and settled: at least once each.

Killed between sending and settling, a sender leaves one letter that another sends again when the lease has run out,
with the same Message-ID.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.config import Config
from lms.content.library import current
from lms.db import reading, write
from lms.mail import Senders, Undeliverable, open_senders
from lms.notifications import messages, queries, rules, service
from lms.notifications.queries import Claimed, Facts, Moment, TeamNewsOf
from lms.notifications.rules import NoLongerTrue, NotYet

log = logging.getLogger(__name__)
#: Under this name the roof tells whom to ask how a team stands (`queries.TeamNewsOf`).
EXTENSION = "lms.notifications.news"


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Send letters that are due; return what became of them, "" when there were none."""
    return send_letters(current_app, at=at)


def plan_reminders(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Ask whose follow-ups fall due, and write the reminders of the local day; return how many letters, "" for none."""
    today = local_date(at)

    def plan(session: Session) -> int:
        service.plan_follow_ups(session, current(session), today=today)
        return service.plan_reminders(session, today=today, at=at)

    made = write(plan)
    return f"{made} to remind" if made else ""


def plan_digests(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Write the weekly letters to supervisors; return how many there are, "" for none."""
    made = write(lambda session: service.plan_digests(session, today=local_date(at), at=at))
    return f"{made} to supervisors" if made else ""


def send_letters(app: Flask, *, at: datetime, limit: int = 100) -> str:
    """Send up to `limit` letters that are due at `at`; return what became of them, "" when there were none."""
    counts: Counter[str] = Counter()
    with app.app_context():
        if not queries.has_due(reading(), at=at):
            return ""
        config: Config = app.config["LMS"]
        sending = Sending(config, open_senders(config), at)
        while counts.total() < limit:
            batch = sending.claim(min(rules.BATCH, limit - counts.total()))
            if not batch:
                break
            counts.update(sending.post(batch))
    return ", ".join(f"{number} {outcome}" for outcome, number in counts.items())


def _name() -> str:
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass
class Sending:
    """One run of the job, which began at `began_at`. Time passes by the clock that is never set back."""

    config: Config
    senders: Senders
    began_at: datetime
    holder: str = field(default_factory=_name)
    began: float = field(default_factory=time.monotonic)
    patience: timedelta = rules.LEASE - rules.MARGIN
    news_of: TeamNewsOf = field(default_factory=lambda: current_app.extensions[EXTENSION])

    def now(self) -> datetime:
        """Return the present instant of this run."""
        return self.began_at + timedelta(seconds=time.monotonic() - self.began)

    def claim(self, limit: int) -> tuple[Claimed, ...]:
        """Take the next letters that are due, at most `limit`."""
        at = self.now()
        return write(lambda session: service.claim_letters(session, self.holder, at=at, limit=limit))

    def post(self, batch: Sequence[Claimed]) -> Counter[str]:
        """Send a batch; letters that are not reached before its lease ends are given back. Count the outcomes."""
        counts: Counter[str] = Counter()
        until = self.now() + self.patience
        for number, letter in enumerate(batch):
            if self.now() >= until:
                counts["given back"] += self._give_back(batch[number:])
                break
            counts[self._post_one(letter)] += 1
        return counts

    def _give_back(self, letters: Sequence[Claimed]) -> int:
        """Let go of letters that were not tried, and return how many."""
        write(lambda session: service.give_back(session, letters, self.holder))
        return len(letters)

    def _post_one(self, letter: Claimed) -> str:
        """Send one letter, settle it, and return "sent", "dropped", "put off" or "failed"."""
        facts: Facts | None = None
        try:
            facts = self._facts(letter)
            self._send(letter, facts)
        except NoLongerTrue as reason:
            why = str(reason)
            write(lambda session: service.mark_dropped(session, letter.id, self.holder, why))
            return "dropped"
        except NotYet as reason:
            why, run_at = str(reason), reason.until or self.now() + rules.REST
            write(lambda session: service.put_off(session, letter.id, self.holder, why, run_at=run_at))
            return "put off"
        except Exception as error:  # noqa: BLE001 -- one letter's fault must not keep the others; it is logged
            return self._fail(letter, facts, error)
        return self._note_sent(letter, facts)

    def _note_sent(self, letter: Claimed, facts: Facts) -> str:
        """Write down that a letter left, and where to."""
        write(
            lambda session: service.mark_sent(
                session,
                letter.id,
                self.holder,
                channel=facts.channel,
                address=facts.address,
                language=facts.language,
                at=self.now(),
            )
        )
        return "sent"

    def _facts(self, letter: Claimed) -> Facts:
        """Return what a letter says now; nothing of the database is held afterwards."""
        at = self.now()
        facts = queries.get_facts(reading(), letter, Moment(at, local_date(at), self.news_of))
        reading().rollback()
        return facts

    def _send(self, letter: Claimed, facts: Facts) -> None:
        """Render a letter and let it leave."""
        at = self.now()
        words = messages.render(letter.kind, facts, self.config, letter_id=letter.public_id)
        if facts.channel == "sms":
            self.senders.sms.send(messages.to_text_message(words, facts, message_id=letter.public_id, at=at))
        else:
            mail = messages.to_email(words, facts, self.config, message_id=letter.public_id, at=at)
            self.senders.mail.send(mail)

    def _fail(self, letter: Claimed, facts: Facts | None, error: Exception) -> str:
        """Note why a letter did not leave, and return "put off", or "failed" when it is not tried again.

        An address that refuses it for good is marked; a letter that was not bound to it is tried again elsewhere.
        """
        log.warning("letter %s (%s) was not sent", letter.public_id, letter.kind, exc_info=error)
        refused = facts if isinstance(error, Undeliverable) else None
        for_good = isinstance(error, Undeliverable) and (facts is None or letter.address is not None)
        problem, at = f"{type(error).__name__}: {error}", self.now()

        def settle(session: Session) -> None:
            if service.mark_failed(session, letter, self.holder, problem, for_good=for_good, at=at) and refused:
                service.note_bounce(session, refused.channel, refused.address, str(error), at=at)

        write(settle)
        return "failed" if for_good or rules.retry_at(letter.tries + 1, at) is None else "put off"
