"""Draws the one page of a certificate. Everything comes from the signed payload and the words it names."""

from lms.certificates.jobs.drawing.page import draw_certificate
from lms.certificates.jobs.drawing.wording import Column, Sheet, column_of

__all__ = ["Column", "Sheet", "column_of", "draw_certificate"]
