"""All that the program knows about one person, for her to take along: one statement over every table that names her.

Each section is a select with the names that she reads. The statement lays their columns side by side by type, so
that all sections fit in one. Left out are secrets, inner ids, and what is not about her (a test names each).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CompoundSelect,
    Date,
    FromClause,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    String,
    Table,
    bindparam,
    case,
    cast,
    exists,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from lms.db import UtcDateTime
from lms.home.queries.facts import TABLES
from lms.home.queries.joined import joined_ids
from lms.home.queries.person import LOOKED

Section = list[dict[str, Any]]

_SLOTS: tuple[TypeEngine[Any], ...] = (
    String(),
    Integer(),
    Boolean(),
    UtcDateTime(),
    Date(),
    Numeric(),
    JSON(),
    LargeBinary(),
)
_ME: Any = bindparam("person", type_=Integer)


def _section(source: FromClause, own: Table, columns: Sequence[Any], place: str) -> Select[Any]:
    """Return a section of rows of `own`; `place`, where given, is the table whose rows name an organization."""
    if place:
        organizations = TABLES["organizations"]
        source = source.outerjoin(organizations, organizations.c.id == TABLES[place].c.organization_id)
        columns = [*columns, organizations.c.name.label("organization")]
    return select(own.c.id.label("row_id"), *columns).select_from(source)


def _own(table: str, *columns: str, place: str = "", **renamed: str) -> Select[Any]:
    """Return a section of a table that has a column `person_id`; `place` is as in `_section`."""
    own = TABLES[table]
    shown = [own.c[name] for name in columns] + [own.c[name].label(label) for label, name in renamed.items()]
    return _section(own, own, shown, place).where(own.c.person_id == _ME)


def _of(parent: str, table: str, link: str, *columns: str, place: str = "", **parents: str) -> Select[Any]:
    """Return a section of a table that names, by its column `link`, a row of a table that names the person."""
    own, above = TABLES[table], TABLES[parent]
    shown = [above.c[name].label(label) for label, name in parents.items()] + [own.c[name] for name in columns]
    joined = above.join(own, own.c[link] == above.c.id)
    found = _section(joined, own, shown, place)
    return found.where(above.c.person_id == _ME)


def _told_later(own: FromClause, round_of: FromClause, names: Sequence[str], *, passed: bool) -> list[Any]:
    """Return columns of `own` that are empty until the quiz of this module and round was graded, or `passed`.

    What each answer earned would tell the key to who takes the quiz again; her pages tell it no earlier.
    """
    other = TABLES["attempts"].alias()
    same = (other.c.person_id == _ME) & (other.c.module_key == round_of.c.module_key)
    done = other.c.passed.is_(True) if passed else other.c.passed.is_not(None)
    is_told = exists().where(same, other.c.round == round_of.c.round, done)
    return [case((is_told, own.c[name])).label(name) for name in names]


def _answers() -> Select[Any]:
    """Return her answers in quizzes; what each earned once she has passed."""
    attempt, own = TABLES["attempts"], TABLES["attempt_answers"]
    shown: list[Any] = [attempt.c.module_key.label("module"), attempt.c.number.label("attempt")]
    shown += [own.c[name] for name in ("item_id", "chosen", "answered_at")]
    shown += _told_later(own, attempt, ("points", "correct"), passed=True)
    joined = attempt.join(own, own.c.attempt_id == attempt.c.id)
    return _section(joined, own, shown, "").where(attempt.c.person_id == _ME)


def _before() -> Select[Any]:
    """Return her tests before modules; what they came to once the quiz was graded."""
    own = TABLES["pretests"]
    shown: list[Any] = [own.c[name] for name in ("round", "taken_at", "answers")]
    shown += _told_later(own, own, ("points", "max_points"), passed=False)
    shown += [own.c.module_key.label("module"), own.c.shown_language.label("language")]
    return _section(own, own, shown, "").where(own.c.person_id == _ME)


def _looks() -> Select[Any]:
    """Return who looked at her record."""
    look, accounts, people = TABLES["audit_events"], TABLES["accounts"], TABLES["people"]
    joined = look.join(accounts, accounts.c.id == look.c.actor_account_id).join(
        people, people.c.id == accounts.c.person_id
    )
    section = _section(joined, look, [look.c.at, people.c.name.label("who")], "audit_events")
    hers = or_(look.c.subject_id == cast(_ME, String), look.c.subject_id.in_(joined_ids(_ME)))
    return section.where(look.c.subject_kind == "person", hers, look.c.action == LOOKED)


def _joined() -> Select[Any]:
    """Return which records were joined to hers, and whether that was taken back."""
    own, people = TABLES["person_merges"], TABLES["people"]
    joined = own.join(people, people.c.id == own.c.merged_id)
    shown = [people.c.name.label("other_name"), own.c.merged_at, own.c.undone_at]
    return _section(joined, own, shown, "").where(own.c.kept_id == _ME)


def _set_aside() -> Select[Any]:
    """Return what both records had, and was set aside; what nobody has signed is not hers to read."""
    own, merge = TABLES["person_merge_rows"], TABLES["person_merges"]
    joined = own.join(merge, merge.c.id == own.c.merge_id)
    shown = [own.c.table_name.label("kind"), own.c.was, merge.c.merged_at]
    return _section(joined, own, shown, "").where(
        merge.c.kept_id == _ME, own.c.effect == "removed", own.c.table_name != "observation_drafts"
    )


@cache
def sections() -> dict[str, Select[Any]]:
    """Return every section of the download, by its name."""
    taught = _of_learning() | _of_assessing() | _of_fieldwork() | _of_sessions() | _of_elsewhere()
    return _of_herself() | _of_work() | taught | _of_certifying()


def _of_herself() -> dict[str, Select[Any]]:
    grant = ("role", "language", "granted_at", "ended_at")
    return {
        "contacts": _own("contacts", "kind", "value", "is_work", "confirmed_at", "added_at", "ended_at"),
        "invitation_consents": _of(
            "contacts", "invitation_consents", "contact_id", "recorded_at", "wording", number="value"
        ),
        "devices": _of("accounts", "devices", "account_id", "label", "created_at", "expires_at", "ended_at"),
        "roles": _of("accounts", "role_grants", "account_id", *grant, place="role_grants"),
        "recoveries": _of("accounts", "recoveries", "account_id", "requested_at", "vouched_at", "refused_at", "reason"),
        "letters": _own("letters", "kind", "channel", "address", "language", "created_at", "sent_at", "state"),
        "reminders": _own("reminders", "kind", "subject", "falls_on", "step", "planned_at"),
        "letter_choices": _own("letter_choices", "channel", "quiet_from", "quiet_until", "wants_digest", "changed_at"),
        "text_consents": _own("sms_consents", "number", "kind", "way", "wording", "language", "at"),
        "comments": _own(
            "survey_comments", "given_on", "language", "text", "answer", "answered_on", about="subject_key"
        ),
        "who_looked": _looks(),
        "joined_records": _joined(),
        "set_aside": _set_aside(),
    }


def _of_work() -> dict[str, Select[Any]]:
    asked, terms = ("cycle", "due_on", "assigned_at", "undone_at"), ("since", "title", "hours_per_week", "kind")
    return {
        "employments": _own("employments", "started_on", "ended_on", "end_reason", place="employments"),
        "employment_terms": _of("employments", "employment_terms", "employment_id", *terms, place="employments"),
        "supervisions": _of(
            "employments", "supervisions", "employment_id", "started_on", "ended_on", place="supervisions"
        ),
        "paid_under_contracts": _of("employments", "contract_employments", "employment_id", "started_on", "ended_on"),
        "in_lists_of_staff": _own("staff_import_rows", "cells", "what", "applied_at"),
        "in_tables_of_training": _own("training_import_rows", "cells", "what", "applied_at"),
        "assignments": _own("assignments", *asked, place="assignments", track="track_key"),
        "standing_rules": _of_rules(),
        "renewals_by_rule": _of(
            "assignment_rule_members", "assignment_rule_renewals", "member_id", "cycle", "asked_at"
        ),
        "teams": _of_teams(),
        "waiting_files": _own("assignment_upload_rows", "number", "cells", place="assignment_upload_rows"),
    }


def _of_rules() -> Select[Any]:
    """Return which standing rules mean or meant her."""
    own, rule = TABLES["assignment_rule_members"], TABLES["assignment_rules"]
    columns = [own.c.since, own.c.until, rule.c.track_key.label("track"), rule.c.criteria]
    joined = own.join(rule, rule.c.id == own.c.rule_id)
    return _section(joined, own, columns, "assignment_rules").where(own.c.person_id == _ME)


def _of_teams() -> Select[Any]:
    """Return which teams her employments are or were in."""
    own, team, employment = TABLES["team_members"], TABLES["teams"], TABLES["employments"]
    columns = [own.c.since, own.c.until, team.c.name.label("team")]
    joined = own.join(team, team.c.id == own.c.team_id).join(employment, employment.c.id == own.c.employment_id)
    return _section(joined, own, columns, "teams").where(employment.c.person_id == _ME)


def _of_learning() -> dict[str, Select[Any]]:
    module, track, shown = {"module": "module_key"}, {"track": "track_key"}, {"language": "shown_language"}
    lesson = module | {"lesson": "lesson_key"} | shown
    graded = ("started_at", "deadline_at", "extensions", "submitted_at", "closed_by", "graded_at", "source")
    fair = ("version", "bilingual", "audio", "own_percent", "time_percent", "often", "oral", "reason_class")
    waived = ("granted_at", "ends_on", "withdrawn_at")
    corrected = ("percent_before", "percent_after", "passed_before", "passed_after")
    said = ("address", "fault", "words", "reported_at", "state", "answer", "decided_at")
    changed = ("cycle", "deed", "completes", "due_on", "made_at")
    return {
        "tracks": _own("enrolments", "cycle", "state", "started_at", **track),
        "tracks_completed": _own("track_completions", "cycle", "completed_at", "language", "counted", **track),
        "changes": _own("change_effects", *changed, module="module_key", **track),
        "waivers": _own("waivers", "cycle", "requirement", "reason_code", "note", *waived, **track),
        "lessons": _own("lesson_progress", "round", "finished_at", **lesson),
        "quizzes": _own("attempts", "round", "number", *graded, "percent", "passed", **module, **shown),
        "quiz_answers": _answers(),
        "corrected_results": _of("attempts", "regrade_changes", "attempt_id", *corrected, **module, attempt="number"),
        "attempts_given_back": _of(
            "attempts", "attempt_restorations", "attempt_id", "restored_at", **module, attempt="number"
        ),
        "reported_wordings": _own("wording_reports", *said, kind="kind", content="key", language="locale"),
        "questions_before": _before(),
        "quiz_attempts_given": _own("attempt_grants", "round", "after_number", "reason", "granted_at", **module),
        "accommodations": _own("accommodations", *fair, "valid_from", "valid_until", "granted_at"),
        "accommodation_wishes": _own("accommodation_wishes", "kind", "asked_at", "settled_at"),
        "surveys_answered": _own("survey_receipts", "round", "answered_on", survey="survey_key", about="subject_key"),
        "surveys_asked": _own("survey_invitations", "round", "due_on", survey="survey_key", about="subject_key"),
        "further_rounds": _own("module_rounds", "round", "opened_at", **module),
        "modules_completed": _own("module_completions", "round", "completed_at", "minutes", "language", **module),
        "evidence": _own("evidence", "competency", "round", "minutes", "earned_on", source="source_key"),
        "competencies": _own("attainments", "competency", "attained_at"),
    }


def _of_assessing() -> dict[str, Select[Any]]:
    """Return what others entered for her, and what assessors gave, once it counts."""
    module, said = {"module": "module_key"}, ("words", "objected_at", "outcome", "answered_at", "answer")
    entry = ("round", "source", "chosen", "taken_on", "entered_at", "outcome", "settled_at", "reason", "sheet_sha256")
    attempt, look, score = TABLES["attempts"], TABLES["attempt_scorings"], TABLES["item_scores"]
    shown = [attempt.c.module_key.label("module"), attempt.c.number.label("attempt")]
    hers = (attempt.c.person_id == _ME) & attempt.c.passed.is_not(None)
    looked = attempt.join(look, look.c.attempt_id == attempt.c.id)
    scored = looked.join(score, score.c.scoring_id == look.c.id)
    how = [look.c[name] for name in ("language", "interpreter", "has_consent", "note", "scored_at")]
    gave = [score.c[name] for name in ("item_id", "levels", "points", "correct")]
    return {
        "quiz_entries": _own("result_entries", *entry, place="result_entries", **module),
        "quiz_entries_objected": _of("result_entries", "entry_objections", "entry_id", *said, **module),
        "quiz_sheets": _own("paper_forms", "number", "language", "made_on", **module),
        "quiz_scorings": _section(looked, look, [*shown, *how], "").where(hers),
        "quiz_scores": _section(scored, score, [*shown, *gave], "").where(hers),
    }


def _of_fieldwork() -> dict[str, Select[Any]]:
    entry = ("done_on", "site", "kind", "competencies", "minutes", "begins", "ends", "note", "source", "sheet_on")
    watched = ("observed_on", "place", "with_interpreter", "levels", "comment", "passed", "valid_until")
    event, list_, day = ("kind", "at", "words"), {"checklist": "checklist_key"}, {"day": "done_on"}
    return {
        "hours": _own("hours_entries", *entry, "entered_at", "state", place="hours_entries", number="public_id"),
        "hours_history": _of("hours_entries", "hours_events", "entry_id", *event, number="public_id", **day),
        "hours_hosts": _of("hours_entries", "hours_hosts", "entry_id", "name", "is_asked", place="hours_hosts", **day),
        "sign_offs": _own(
            "observations", *watched, "is_independent", "signed_at", spoken="language", place="observations", **list_
        ),
        "sign_offs_history": _of("observations", "observation_events", "observation_id", *event, **list_),
    }


def _of_sessions() -> dict[str, Select[Any]]:
    placed = ("language", "needs_interpreter", "signed_up_at", "placed_at", "left_at")
    entry = ("number", "stays", "way", "sheet", "reason", "recorded_at")
    credit = ("present_minutes", "credited_minutes", "is_full", "credited_at", "withdrawn_at")
    cohort, member = TABLES["cohorts"], TABLES["cohort_members"]
    joined = member.join(cohort, cohort.c.id == member.c.cohort_id)
    shown = [cohort.c.name.label("cohort"), member.c.joined_at, member.c.left_at]
    return {
        "sessions": _at_session("sign_ups", *placed),
        "session_attendance": _at_session("attendance_entries", *entry),
        "session_minutes": _at_session("class_credits", *credit),
        "sessions_taught": _at_session("session_teachers"),
        "cohorts": _section(joined, member, shown, "").where(member.c.person_id == _ME),
        "calendars": _own("calendar_feeds", "made_at", "withdrawn_at"),
    }


def _at_session(table: str, *columns: str) -> Select[Any]:
    """Return a section of a table that names the person and a group session: what it was, and when."""
    own, group = TABLES[table], TABLES["group_sessions"]
    joined = own.join(group, group.c.id == own.c.group_session_id)
    shown = [group.c.title.label("session"), group.c.day, *(own.c[name] for name in columns)]
    return _section(joined, own, shown, "").where(own.c.person_id == _ME)


def _of_elsewhere() -> dict[str, Select[Any]]:
    parent, about = "earlier_trainings", {"training": "title"}
    worth = ("module_key", "hours_kind", "minutes", "competencies", "learned_on")
    entry = ("title", "kind", "issuer", "from_on", "learned_on", "minutes", "module_key", "hours_kind", "competencies")
    told = ("language", "note", "reference", "state", "sent_at", "recorded_on", "recorded_at")
    file = ("name", "sha256", "media_type", "size", "added_at", "removed_at")
    share = ("asked_at", "outcome", "settled_on", "minutes", "reason_code", "note")
    review = ("round", "outcome", *worth, "reason_code", "note", "decided_at")
    taken = ("reason_code", "note", "requested_at", "settled_at", "confirmed")
    return {
        "earlier_trainings": _own(parent, *entry, *told, place=parent),
        "training_files": _of(parent, "training_files", "training_id", *file, **about),
        "training_shares": _of(parent, "training_shares", "training_id", *share, place="training_shares", **about),
        "training_reviews": _of(parent, "training_reviews", "training_id", *review, **about),
        "training_replies": _of(parent, "training_replies", "training_id", "text", "is_appeal", "written_at", **about),
        "recognitions": _own("recognitions", *worth, "recognized_on", "recognized_at", "withdrawn_at"),
        "recognition_withdrawals": _of("recognitions", "recognition_withdrawals", "recognition_id", *taken),
    }


def _of_certifying() -> dict[str, Select[Any]]:
    track, serial = {"track": "track_key"}, {"serial": "serial"}
    decided = ("outcome", "reason_code", "note", "decided_at", "on_appeal")
    edition = ("number", "reason", "payload", "created_at", "valid_until")
    revocation = ("reason_code", "requested_at", "settled_at", "confirmed")
    wish, shared = ("name", "note", "requested_at", "granted"), ("shared_at", "withdrawn_at")
    return {
        "applications": _own("applications", "cycle", "state", "opened_at", **track),
        "decisions": _of("applications", "decisions", "application_id", *decided, **track),
        "replies": _of("applications", "replies", "application_id", "text", "is_appeal", "written_at", **track),
        "certificates": _own("awards", "cycle", "serial", "awarded_at", **track),
        "certificate_editions": _of("awards", "editions", "award_id", *edition, **serial),
        "certificate_history": _of("awards", "status_events", "award_id", "kind", "reason_code", "at", **serial),
        "certificate_shares": _of(
            "awards", "certificate_shares", "award_id", *shared, place="certificate_shares", **serial
        ),
        "revocation_requests": _of("awards", "revocation_requests", "award_id", *revocation, **serial),
        "name_requests": _of("awards", "name_requests", "award_id", *wish, **serial),
    }


def read_export(session: Session, person_id: int) -> dict[str, Section]:
    """Return every section of what is known about a person, as JSON can hold it. One query."""
    statement, places = _statement()
    found: dict[str, Section] = {name: [] for name in sections()}
    for row in session.execute(statement, {"person": person_id}):
        found[row[0]].append({name: _plain(row[place]) for name, place in places[row[0]]})
    return found


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates and instants as ISO 8601, a signed payload as what it says."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return json.loads(value) if isinstance(value, bytes) else value


@cache
def _statement() -> tuple[CompoundSelect[Any], dict[str, list[tuple[str, int]]]]:
    """Return the statement over all sections, and by section the name and the place of each of its columns."""
    shown = {name: list(statement.selected_columns)[1:] for name, statement in sections().items()}
    kinds = {name: [_kind_of(column.type) for column in columns] for name, columns in shown.items()}
    slots = [kind for kind in range(len(_SLOTS)) for _ in range(max(each.count(kind) for each in kinds.values()))]
    parts, places = [], {}
    for number, (name, statement) in enumerate(sections().items()):
        taken = _lay_out(kinds[name], slots)
        columns = [cast(null(), _SLOTS[kind]).label(f"slot{place}") for place, kind in enumerate(slots)]
        for column, place in zip(shown[name], taken, strict=True):
            columns[place] = column.label(f"slot{place}")
        parts.append(
            statement.with_only_columns(
                literal_column(f"'{name}'").label("name"),
                literal_column(str(number)).label("section"),
                statement.selected_columns.row_id,
                *columns,
                maintain_column_froms=True,
            )
        )
        places[name] = [(str(column.key), 3 + place) for column, place in zip(shown[name], taken, strict=True)]
    return union_all(*parts).order_by("section", "row_id"), places


def _kind_of(type_: TypeEngine[Any]) -> int:
    """Return the number of the slot that holds values of this type."""
    return next(number for number, slot in enumerate(_SLOTS) if isinstance(type_, type(slot)))


def _lay_out(kinds: Sequence[int], slots: Sequence[int]) -> list[int]:
    """Return for each column of these kinds its place among `slots`."""
    free = {kind: [place for place, each in enumerate(slots) if each == kind] for kind in set(kinds)}
    return [free[kind].pop(0) for kind in kinds]
