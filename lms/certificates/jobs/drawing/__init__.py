"""Draws certificates, cards and transcripts. Everything comes from frozen facts and the words that they name."""

from lms.certificates.jobs.drawing.card import draw_card
from lms.certificates.jobs.drawing.page import draw_certificate
from lms.certificates.jobs.drawing.renderings import RENDERINGS, Rendering
from lms.certificates.jobs.drawing.tables import Part
from lms.certificates.jobs.drawing.transcript import Transcript, draw_transcript
from lms.certificates.jobs.drawing.wording import Sheet, sheet_of

__all__ = [
    "RENDERINGS",
    "Part",
    "Rendering",
    "Sheet",
    "Transcript",
    "draw_card",
    "draw_certificate",
    "draw_transcript",
    "sheet_of",
]
