"""Tables of certification: the decision on a completed track, and the certificate as a signed record."""

from lms.certificates.models.decisions import Application, Decision, Reply
from lms.certificates.models.naming import NameConfirmation
from lms.certificates.models.records import Artifact, Award, Edition, IssueTask, SigningKey, StatusEvent
from lms.certificates.models.requests import CertificateShare, NameCheck, NameRequest, RevocationRequest

__all__ = [
    "Application",
    "Artifact",
    "Award",
    "CertificateShare",
    "Decision",
    "Edition",
    "IssueTask",
    "NameCheck",
    "NameConfirmation",
    "NameRequest",
    "Reply",
    "RevocationRequest",
    "SigningKey",
    "StatusEvent",
]
