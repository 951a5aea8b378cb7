"""Her applications, certificates and what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import own_rows, rows_below


def of_certifying() -> dict[str, Select[Any]]:
    """Return the sections of her certificates, by name."""
    track, serial = {"track": "track_key"}, {"serial": "serial"}
    decided = ("outcome", "reason_code", "note", "decided_at", "on_appeal")
    edition = ("number", "reason", "payload", "created_at", "valid_until")
    revocation = ("reason_code", "requested_at", "settled_at", "confirmed")
    link, check = (
        ("label", "made_at", "ends_at", "withdrawn_at", "opened", "last_opened_on"),
        ("day", "way", "outcome", "number"),
    )
    wish, shared = ("name", "note", "requested_at", "granted"), ("shared_at", "withdrawn_at")
    return {
        "applications": own_rows("applications", "cycle", "state", "opened_at", **track),
        "decisions": rows_below("applications", "decisions", "application_id", *decided, **track),
        "replies": rows_below("applications", "replies", "application_id", "text", "is_appeal", "written_at", **track),
        "name_confirmations": rows_below(
            "applications", "name_confirmations", "application_id", "name", "confirmed_at", **track
        ),
        "certificates": own_rows("awards", "cycle", "serial", "awarded_at", **track),
        "certificate_editions": rows_below("awards", "editions", "award_id", *edition, **serial),
        "certificate_history": rows_below("awards", "status_events", "award_id", "kind", "reason_code", "at", **serial),
        "certificate_shares": rows_below(
            "awards", "certificate_shares", "award_id", *shared, place="certificate_shares", **serial
        ),
        "certificate_links": rows_below("awards", "share_links", "award_id", *link, **serial),
        "certificate_checks": rows_below("awards", "verification_checks", "award_id", *check, **serial),
        "revocation_requests": rows_below("awards", "revocation_requests", "award_id", *revocation, **serial),
        "name_requests": rows_below("awards", "name_requests", "award_id", *wish, **serial),
    }
