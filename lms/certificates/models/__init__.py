"""Tables of certification: the decision on a completed track, and the certificate as a signed record."""

from lms.certificates.models.decisions import Application, Decision, Reply
from lms.certificates.models.records import (
    Artifact,
    Award,
    CertificateShare,
    Edition,
    IssueTask,
    RevocationRequest,
    SigningKey,
    StatusEvent,
)

__all__ = [
    "Application",
    "Artifact",
    "Award",
    "CertificateShare",
    "Decision",
    "Edition",
    "IssueTask",
    "Reply",
    "RevocationRequest",
    "SigningKey",
    "StatusEvent",
]
