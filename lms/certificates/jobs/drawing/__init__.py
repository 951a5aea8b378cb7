"""Draws certificates, cards and transcripts. Everything comes from frozen facts and the words that they name."""

from lms.certificates.jobs.drawing.page import draw_certificate
from lms.certificates.jobs.drawing.renderings import RENDERINGS, Rendering
from lms.certificates.jobs.drawing.wording import Sheet, sheet_of

__all__ = ["RENDERINGS", "Rendering", "Sheet", "draw_certificate", "sheet_of"]
