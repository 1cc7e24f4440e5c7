"""People, in the administration."""

from conference.audit.names import finders, lookups

from .named import marks_of_people, people_by_number
from .session import UserSessionAdmin
from .suspension import SuspensionAdmin
from .user import UserAdmin

__all__ = ["SuspensionAdmin", "UserAdmin", "UserSessionAdmin"]

lookups["u"] = people_by_number
finders.append(marks_of_people)
