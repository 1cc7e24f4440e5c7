"""Fields of the administration in which one row of many is searched and chosen."""

import re
from collections.abc import Sequence
from typing import Any, Generic

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.http import HttpRequest

from .part import Part, PartAdmin

_NUMBER = re.compile(r"[0-9]{1,18}")


class Search(AutocompleteSelect):
    """Django's, which fails at a value that can be no row's number."""

    def optgroups(
        self, name: str, value: Sequence[str], attrs: Any = None
    ) -> list[Any]:
        numbers = [each for each in value if _NUMBER.fullmatch(str(each))]
        found: list[Any] = super().optgroups(name, numbers, attrs)
        return found


class Searches(PartAdmin[Part], Generic[Part]):
    """Its `autocomplete_fields` answer in words to what no page offers, too."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Search(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
