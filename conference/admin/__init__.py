"""The site as a whole, in the administration: its log, mails that wait, its texts."""

from .log import AuditEntryAdmin
from .mail import OutgoingMailAdmin
from .text import SiteTextAdmin

__all__ = ["AuditEntryAdmin", "OutgoingMailAdmin", "SiteTextAdmin"]
