"""Commands of certificates, and of the keys that sign them."""

from lms.certificates.cli.certificates import group
from lms.certificates.cli.keys import keys_group

__all__ = ["group", "keys_group"]
