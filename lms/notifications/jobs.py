"""The job that sends letters. A letter is claimed, sent outside any transaction, and settled: at least once each.

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

from lms.clock import local_date
from lms.config import Config
from lms.db import reading, write
from lms.mail import Senders, Undeliverable, open_senders
from lms.notifications import messages, queries, rules, service
from lms.notifications.queries import Facts
from lms.notifications.rules import NoLongerTrue, NotYet
from lms.notifications.service import Claimed

log = logging.getLogger(__name__)


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Send letters that are due; return what became of them, "" when there were none."""
    return send_letters(current_app, at=at)


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
        try:
            facts = self._send(letter)
        except NoLongerTrue as reason:
            why = str(reason)
            write(lambda session: service.mark_dropped(session, letter.id, self.holder, why))
            return "dropped"
        except NotYet as reason:
            why, at = str(reason), self.now()
            write(lambda session: service.put_off(session, letter.id, self.holder, why, at=at))
            return "put off"
        except Exception as error:  # noqa: BLE001 -- one letter's fault must not keep the others; it is logged
            return self._fail(letter, error)
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

    def _send(self, letter: Claimed) -> Facts:
        """Render and send a letter from what is true now; nothing of the database is held while it leaves."""
        at = self.now()
        facts = queries.get_facts(reading(), letter, at=at, today=local_date(at))
        words = messages.render(letter.kind, facts, self.config)
        reading().rollback()
        if facts.channel == "sms":
            self.senders.sms.send(messages.to_text_message(words, facts, message_id=letter.public_id, at=at))
        else:
            mail = messages.to_email(words, facts, self.config, message_id=letter.public_id, at=at)
            self.senders.mail.send(mail)
        return facts

    def _fail(self, letter: Claimed, error: Exception) -> str:
        """Note why a letter did not leave, and return "put off", or "failed" when it is not tried again."""
        log.warning("letter %s (%s) was not sent", letter.public_id, letter.kind, exc_info=error)
        for_good = isinstance(error, Undeliverable)
        problem, at = f"{type(error).__name__}: {error}", self.now()
        write(lambda session: service.mark_failed(session, letter, self.holder, problem, for_good=for_good, at=at))
        return "failed" if for_good or rules.retry_at(letter.tries + 1, at) is None else "put off"
