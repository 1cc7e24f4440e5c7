"""Rooms and what belongs to them, in the administration."""

from accounts.admin.belongings import shelves
from conference.audit.names import finders, lookups

from . import named
from .ban import BanAdmin
from .invitation import AcceptanceAdmin, InvitationAdmin, NoMailAdmin
from .live_call import LiveCallAdmin
from .membership import MembershipAdmin
from .message import MessageAdmin
from .report import ReportAdmin
from .room import RoomAdmin
from .seat import SeatAdmin

__all__ = [
    "AcceptanceAdmin",
    "BanAdmin",
    "InvitationAdmin",
    "LiveCallAdmin",
    "MembershipAdmin",
    "MessageAdmin",
    "NoMailAdmin",
    "ReportAdmin",
    "RoomAdmin",
    "SeatAdmin",
]

lookups["room"] = named.rooms_by_number
lookups["report"] = named.reports_by_id
finders.append(named.marks_of_rooms)
shelves["In calls now"] = named.calls_with
shelves["Own rooms"] = named.rooms_of
shelves["Roles in rooms of others"] = named.roles_of
shelves["Reports about them"] = named.reports_about
