"""How a check fails: a code for programs and pages, and a sentence for engineers."""

from __future__ import annotations

#: "not-ours": no file that we make; "altered": a signature does not fit; "unknown-issuer": signed by somebody else;
#: "compromised": signed with a key that others have; "dates": a day that cannot be; "no-trust": no keys to check with.
CODES = ("not-ours", "altered", "unknown-issuer", "compromised", "dates", "no-trust")


class CheckFailedError(Exception):
    """A certificate is not what it should be. `code` is one of `CODES`; the message says what is wrong."""

    def __init__(self, message: str, code: str = "altered") -> None:
        """Say what is wrong, and what kind of failure it is."""
        super().__init__(message)
        self.code = code
