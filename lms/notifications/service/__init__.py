"""Changes of letters: written with their cause, planned, sent, and how readers want them."""

from __future__ import annotations

from lms.notifications.queries.facts import Claimed
from lms.notifications.service.choices import WORDING, choose, clear_bounce, hear, note_bounce, stop
from lms.notifications.service.following_up import ask_at_the_end, plan_follow_ups
from lms.notifications.service.news import (
    write_change_letters,
    write_cycle_letter,
    write_hours_letters,
    write_session_letters,
    write_shared_letters,
    write_sign_off_letter,
    write_status_letter,
    write_training_letter,
    write_waiver_letter,
)
from lms.notifications.service.planning import plan_digests, plan_reminders
from lms.notifications.service.quiz_news import write_correction_letters, write_result_letters, write_try_letters
from lms.notifications.service.sending import (
    claim_letters,
    give_back,
    mark_dropped,
    mark_failed,
    mark_sent,
    put_off,
    retry,
)
from lms.notifications.service.writing import (
    drop_pending,
    write_answers,
    write_assignment_letters,
    write_certificate_letters,
    write_code_letter,
    write_decision_letter,
    write_digests,
    write_link_letter,
    write_recovery_notices,
)

__all__ = [
    "WORDING",
    "Claimed",
    "ask_at_the_end",
    "choose",
    "claim_letters",
    "clear_bounce",
    "drop_pending",
    "give_back",
    "hear",
    "mark_dropped",
    "mark_failed",
    "mark_sent",
    "note_bounce",
    "plan_digests",
    "plan_follow_ups",
    "plan_reminders",
    "put_off",
    "retry",
    "stop",
    "write_answers",
    "write_assignment_letters",
    "write_certificate_letters",
    "write_change_letters",
    "write_code_letter",
    "write_correction_letters",
    "write_cycle_letter",
    "write_decision_letter",
    "write_digests",
    "write_hours_letters",
    "write_link_letter",
    "write_recovery_notices",
    "write_result_letters",
    "write_session_letters",
    "write_shared_letters",
    "write_sign_off_letter",
    "write_status_letter",
    "write_training_letter",
    "write_try_letters",
    "write_waiver_letter",
]
