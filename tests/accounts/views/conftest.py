"""What tests of people's own pages need: a login as people do it, and pictures."""

from tests.accounts.views.own import confirmed as confirmed
from tests.accounts.views.own import media as media
from tests.accounts.views.own import nothing_counted as nothing_counted
