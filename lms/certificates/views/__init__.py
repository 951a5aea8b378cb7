"""Pages of certificates: deciding, managing, the worker's own, and the public check."""

from __future__ import annotations

from lms.certificates.views import certifying, files, issuer, managing, naming, own, public, restating
from lms.certificates.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (certifying, files, issuer, managing, naming, own, public, restating)

__all__ = ["PAGES", "bp"]
