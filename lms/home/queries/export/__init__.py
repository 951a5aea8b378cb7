"""All that the program knows about one person, for her to take along: one statement over every table that names her.

Each section is a select with the names that she reads. The statement lays their columns side by side by type, so
that all sections fit in one. Left out are secrets, inner ids, and what is not about her (a test names each).
"""

from __future__ import annotations

from lms.home.queries.export.reading import Section, read_export
from lms.home.queries.export.sections import sections

__all__ = ["Section", "read_export", "sections"]
