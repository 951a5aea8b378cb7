"""Pages of certificates: deciding, managing, the worker's own, and the public check."""

from __future__ import annotations

from lms.certificates.views import (
    batch,
    certifying,
    dropped,
    files,
    issuer,
    links,
    managing,
    naming,
    offline,
    own,
    public,
    restating,
    shared,
)
from lms.certificates.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (
    batch,
    certifying,
    dropped,
    files,
    issuer,
    links,
    managing,
    naming,
    offline,
    own,
    public,
    restating,
    shared,
)

__all__ = ["PAGES", "bp"]
