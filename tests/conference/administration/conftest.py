"""The people these tests are about."""

from tests.people import _fresh_limits as _fresh_limits
from tests.people import admin as admin
from tests.people import anonymous as anonymous
from tests.people import guest as guest
from tests.people import member as member
from tests.people import owner as owner
from tests.people import room as room
from tests.people import stranger as stranger
