"""What quizzes' pages say of time: what is left of an attempt, when answers were saved, when the next try is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for

from lms.assessments import queries, rules
from lms.assessments.forms import QuizForm
from lms.assessments.messages import clock_words, wait_words
from lms.assessments.queries import AttemptRow, GrantRow, Saved
from lms.assessments.rules import Fair
from lms.assessments.rules.timing import GRACE, WARNINGS
from lms.assessments.specs import QuizSpec
from lms.assessments.views.fair import own_fair
from lms.content.library import current, spec_of
from lms.db import reading
from lms.web.arrival import arrived_at


@dataclass(frozen=True)
class Clock:
    """What the page of an open attempt says of time. Instants are in words, in local time.

    `left` is in seconds, None without a limit. `is_typed`: the page holds answers that are not saved. `is_held`:
    two windows differ, and nothing is saved before the reader says so.
    """

    save_url: str
    left: int | None
    until: str
    may_extend: bool
    saved_at: str
    is_typed: bool
    is_held: bool
    #: Seconds before the end at which the page warns, the first warning first.
    warnings: Sequence[int] = WARNINGS
    #: Seconds after the end for which answers may still arrive.
    grace: int = int(GRACE.total_seconds())


def clock_of(attempt: AttemptRow, saved: Mapping[str, Saved], *, is_typed: bool, is_held: bool) -> Clock:
    """Return what the page of an open attempt says of time. At most one query, none without a limit."""
    at = arrived_at()
    latest = max((each.answered_at for each in saved.values()), default=None)
    return Clock(
        save_url=url_for("assessments.autosave", module_key=attempt.module_key),
        left=rules.seconds_left(attempt.deadline_at, at),
        until=clock_words(attempt.deadline_at) if attempt.deadline_at else "",
        may_extend=attempt.deadline_at is not None and may_extend(attempt),
        saved_at=clock_words(latest) if latest else "",
        is_typed=is_typed,
        is_held=is_held,
    )


def may_extend(attempt: AttemptRow) -> bool:
    """Return whether the reader of an attempt, which is her own, may ask for more time."""
    once = rules.may_extend(attempt.extensions, often=False)
    return once or rules.may_extend(attempt.extensions, often=own_fair().often)


def minutes_for(quiz: QuizSpec, fair: Fair) -> int | None:
    """Return how many minutes a person has for a quiz, None without a limit."""
    return None if quiz.limits.minutes is None else quiz.limits.minutes * fair.percent // 100


def time_up_page(attempt: AttemptRow) -> str:
    """Render an attempt whose time is up and which nothing has closed yet: its one button does."""
    form = QuizForm(formdata=None)
    form.attempt.data, form.seen.data = attempt.public_id, rules.digest(attempt.public_id, {})
    return render_template("assessments/time_up.html", form=form, module_key=attempt.module_key)


@dataclass(frozen=True)
class Again:
    """What a reader may do after an attempt that did not pass: tries left, from when in words, what staff gave."""

    left: int | None
    wait: str
    given: Sequence[GrantRow]

    @property
    def is_possible(self) -> bool:
        """Return whether she may try again now."""
        return self.left != 0 and not self.wait


def again_of(attempt: AttemptRow) -> Again | None:
    """Return what its reader may do after an attempt, None after one that passed. At most two queries."""
    source = current(reading()).find("module", attempt.module_key)
    if attempt.passed is not False or source is None:
        return None
    quiz = spec_of(QuizSpec, source)
    leave = queries.leave_after(reading(), quiz, attempt)
    until = leave.possible_from
    wait = wait_words(until) if until is not None and until > arrived_at() else ""
    has_limits = quiz.limits.attempts is not None or quiz.limits.wait_hours is not None
    given = queries.list_given(reading(), attempt.person_id, attempt.module_key, attempt.round) if has_limits else ()
    return Again(leave.left, wait, given)
