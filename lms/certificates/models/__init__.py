"""Tables of certification: the decision on a completed track, and the certificate as a signed record."""

from lms.certificates.models.checks import ShareLink, VerificationCheck
from lms.certificates.models.decisions import Application, Decision, Reply
from lms.certificates.models.keys import EditionKey, SigningKey, StatusEntry, StatusList
from lms.certificates.models.naming import NameConfirmation
from lms.certificates.models.records import Artifact, Award, Edition, IssueTask, StatusEvent
from lms.certificates.models.requests import CertificateShare, NameCheck, NameRequest, RevocationRequest

__all__ = [
    "Application",
    "Artifact",
    "Award",
    "CertificateShare",
    "Decision",
    "Edition",
    "EditionKey",
    "IssueTask",
    "NameCheck",
    "NameConfirmation",
    "NameRequest",
    "Reply",
    "RevocationRequest",
    "ShareLink",
    "SigningKey",
    "StatusEntry",
    "StatusEvent",
    "StatusList",
    "VerificationCheck",
]
