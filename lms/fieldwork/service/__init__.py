"""Changes of fieldwork."""

from __future__ import annotations

from lms.fieldwork.service.hours import (
    countersign,
    dispute,
    enter,
    enter_from_paper,
    return_entry,
    undo_act,
    withdraw,
)
from lms.fieldwork.service.mending import recompute_hours
from lms.fieldwork.service.sign_offs import (
    Observed,
    ObserveForm,
    answer_observation,
    is_independent,
    save_draft,
    sign_observation,
    withdraw_observation,
)

__all__ = [
    "ObserveForm",
    "Observed",
    "answer_observation",
    "countersign",
    "dispute",
    "enter",
    "enter_from_paper",
    "is_independent",
    "recompute_hours",
    "return_entry",
    "save_draft",
    "sign_observation",
    "undo_act",
    "withdraw",
    "withdraw_observation",
]
