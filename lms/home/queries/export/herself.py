"""What is known of herself: how she is reached, signs in and is written to, and who looked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, cast, or_

from lms.home.queries.export.shapes import ME, as_section, own_rows, rows_below
from lms.home.queries.facts import TABLES
from lms.home.queries.joined import joined_ids
from lms.home.queries.person import LOOKED


def of_herself() -> dict[str, Select[Any]]:
    """Return the sections about herself, by name."""
    grant = ("role", "language", "granted_at", "ended_at")
    return {
        "contacts": own_rows("contacts", "kind", "value", "is_work", "confirmed_at", "added_at", "ended_at"),
        "invitation_consents": rows_below(
            "contacts", "invitation_consents", "contact_id", "recorded_at", "wording", number="value"
        ),
        "devices": rows_below("accounts", "devices", "account_id", "label", "created_at", "expires_at", "ended_at"),
        "roles": rows_below("accounts", "role_grants", "account_id", *grant, place="role_grants"),
        "recoveries": rows_below(
            "accounts", "recoveries", "account_id", "requested_at", "vouched_at", "refused_at", "reason"
        ),
        "letters": own_rows("letters", "kind", "channel", "address", "language", "created_at", "sent_at", "state"),
        "reminders": own_rows("reminders", "kind", "subject", "falls_on", "step", "planned_at"),
        "letter_choices": own_rows(
            "letter_choices", "channel", "quiet_from", "quiet_until", "wants_digest", "changed_at"
        ),
        "text_consents": own_rows("sms_consents", "number", "kind", "way", "wording", "language", "at"),
        "comments": own_rows(
            "survey_comments", "given_on", "language", "text", "answer", "answered_on", about="subject_key"
        ),
        "who_looked": _looks(),
        "joined_records": _joined(),
        "set_aside": _set_aside(),
    }


def _looks() -> Select[Any]:
    """Return who looked at her record."""
    look, accounts, people = TABLES["audit_events"], TABLES["accounts"], TABLES["people"]
    joined = look.join(accounts, accounts.c.id == look.c.actor_account_id).join(
        people, people.c.id == accounts.c.person_id
    )
    section = as_section(joined, look, [look.c.at, people.c.name.label("who")], "audit_events")
    hers = or_(look.c.subject_id == cast(ME, String), look.c.subject_id.in_(joined_ids(ME)))
    return section.where(look.c.subject_kind == "person", hers, look.c.action == LOOKED)


def _joined() -> Select[Any]:
    """Return which records were joined to hers, and whether that was taken back."""
    own, people = TABLES["person_merges"], TABLES["people"]
    joined = own.join(people, people.c.id == own.c.merged_id)
    shown = [people.c.name.label("other_name"), own.c.merged_at, own.c.undone_at]
    return as_section(joined, own, shown, "").where(own.c.kept_id == ME)


def _set_aside() -> Select[Any]:
    """Return what both records had, and was set aside; what nobody has signed is not hers to read."""
    own, merge = TABLES["person_merge_rows"], TABLES["person_merges"]
    joined = own.join(merge, merge.c.id == own.c.merge_id)
    shown = [own.c.table_name.label("kind"), own.c.was, merge.c.merged_at]
    return as_section(joined, own, shown, "").where(
        merge.c.kept_id == ME, own.c.effect == "removed", own.c.table_name != "observation_drafts"
    )
