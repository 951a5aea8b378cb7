"""Decisions about sending: when a letter is tried again, what overtakes, when it is no longer true."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Pauses after the first, second, ... failed try; after the last the letter has failed.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
MOST_TRIES = len(PAUSES) + 1
#: How long a claimed letter belongs to the one who claimed it; longer than a whole batch can take.
LEASE = timedelta(minutes=15)
#: Letters claimed at once: ten times the longest wait for a server stays well below the lease.
BATCH = 10
#: A batch is put down this long before its lease runs out, so that nobody else sends at the same moment.
MARGIN = timedelta(minutes=2)
#: An assignment can be undone before anybody is written to.
SECOND_THOUGHTS = timedelta(minutes=5)
#: How long a letter rests whose time has not come.
REST = timedelta(hours=6)
#: A reader waits for these, or must know at once: they overtake all others, and come at night too.
URGENT = ("code", "reset", "recovery", "recovery_notice", "sms_answer")

#: What a person may stop: the kinds of letters that remind her. All others are about her account, or tell her once
#: what became of something of hers: a class, hours, training, a certificate.
STOPPED_BY = {"reminder": "reminders", "assignment": "reminders", "digest": "digest", "training_waits": "digest"}


class NoLongerTrue(Exception):
    """A letter would tell its reader what no longer holds, or there is nowhere to send it.

    Its message is the code of a reason, which `messages.REASONS` puts into words.
    """


class NotYet(Exception):
    """A letter would tell what does not hold now, and may again, or would come at night.

    Its message is the code of a reason, as of `NoLongerTrue`. `until` is when it is tried again; None: after a rest.
    """

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.until = until


def retry_at(tries: int, at: datetime) -> datetime | None:
    """Return when a letter is tried again after `tries` tries, of which the last failed at `at`; None for never."""
    return at + PAUSES[tries - 1] if tries < MOST_TRIES else None


def minutes_left(expires_at: datetime, at: datetime) -> int:
    """Return the whole minutes until `expires_at`, at least one: what a reader can rely on."""
    return max(1, int((expires_at - at).total_seconds() // 60))


def one_line(text: str, most: int = 500) -> str:
    """Return `text` on one line of at most `most` characters, as a problem is kept.

    Other programs say it: what cannot be seen is left out, as a database may refuse to store it (NUL, half a letter).
    """
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(seen.split())[:most]
