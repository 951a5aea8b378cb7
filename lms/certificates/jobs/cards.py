"""The card for a wallet: drawn when somebody asks, from the frozen payload and the stored code, and kept nowhere."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from lms.certificates import service
from lms.certificates.jobs.auditing import open_file
from lms.certificates.jobs.drawing import draw_card
from lms.certificates.jobs.making import sheet_from
from lms.config import Config

#: The page that is as large as the paper that the card is printed on.
_PAGES = {"letter": "pdf", "a4": "pdf-a4"}


def make_card(
    session: Session, config: Config, edition_id: int, code_sha256: str, *, paper: Literal["letter", "a4"] = "letter"
) -> bytes:
    """Return the card of a released edition whose signed code is that file; the same arguments give the same bytes.

    Two queries. Raises `DamagedFileError` when the code is lost and cannot be made again.
    """
    code = open_file(config, edition_id, "code", code_sha256).decode()
    (lease,) = service.leases_of(session, [(edition_id, _PAGES[paper])])
    return draw_card(sheet_from(session, lease, code))
