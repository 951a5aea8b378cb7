"""The kinds of things that certificates are made of: editions, files, stages of making, keys, events."""

from __future__ import annotations

EDITION_REASONS = ("initial", "name_correction", "data_correction", "rekey")
STATUS_KINDS = ("issued", "replaced", "suspended", "lifted", "revoked")

#: Files for programs: the credential with its proof, the same as a token, and the text of the code on the page.
CREDENTIAL_KINDS = ("vc", "jwt", "code")
#: Pages, by paper (Letter, A4) and languages (the holder's and English, English alone, her own alone).
PAGE_KINDS = ("pdf", "pdf-a4", "pdf-en", "pdf-a4-en", "pdf-own", "pdf-a4-own")
#: "json" is the file of the first format, which is not made any more.
ARTIFACT_KINDS = (*PAGE_KINDS, *CREDENTIAL_KINDS, "json")

CREDENTIAL = "credential"
#: The page that is made of every certificate; the others are made when somebody asks for them.
FIRST_PAGE = "pdf"
STAGES = (CREDENTIAL, *PAGE_KINDS)

#: What a key is for, and how it signs. The root signs the certificates of page keys.
ALGORITHMS = {"badge": "Ed25519", "jwt": "RS256", "page": "RS256", "code": "ES256", "root": "RS256"}
#: The keys that every certificate needs.
SIGNING_PURPOSES = ("badge", "jwt", "page", "code")
