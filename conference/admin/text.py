"""The site's own texts, in the administration."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from .. import texts
from ..models import SiteText

if TYPE_CHECKING:
    TextAdmin = admin.ModelAdmin[SiteText]
else:
    TextAdmin = admin.ModelAdmin


@admin.register(SiteText)
class SiteTextAdmin(TextAdmin):
    """The pages `/privacy/` and `/legal/`."""

    list_display = ("place", "changed_at")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The product's words about privacy, to be changed rather than invented."""
        if SiteText.objects.filter(place=SiteText.Place.PRIVACY).exists():
            return {"place": SiteText.Place.LEGAL}
        return {"place": SiteText.Place.PRIVACY, "text": texts.default_privacy()}
