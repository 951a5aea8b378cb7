"""Sentences for what `lms/uploads.py` refuses, for every form that takes a file as proof."""

from __future__ import annotations

from lms.i18n import gettext as _

#: The codes, for a form that tells them beside its field.
CODES = (
    "file_missing",
    "file_empty",
    "file_too_large",
    "file_pixels",
    "file_kind",
    "file_heic",
    "file_damaged",
    "file_acts",
)
#: What stands around a file in a form that sends it, in bytes.
AROUND_FILE = 1024 * 1024


def file_sentences(most: object) -> dict[str, str]:
    """Return the sentence of each code; `most` is how many megabytes a file may have."""
    return {
        "file_missing": _("Please choose a photo or a PDF."),
        "file_empty": _("This file is empty. Please choose another."),
        "file_too_large": _("This file is larger than %(most)s MB. Please choose a smaller one.", most=most),
        "file_pixels": _("This photo has too many pixels. Please take it with the usual setting of your camera."),
        "file_kind": _("Only photos (JPEG, PNG) and PDF files can be added."),
        "file_heic": _(
            "We cannot read photos of the kind HEIC. On an iPhone choose it from “Photo Library”, not from the files: "
            "then it comes as JPEG. Else take a screenshot of the photo, and add that."
        ),
        "file_damaged": _("This file cannot be opened. Please take the photo again, or save the PDF again."),
        "file_acts": _("This PDF holds a program. Please print it into a new PDF, or add a photo of it."),
    }
