"""How a form's field stands on a page."""

from django import template
from django.contrib.auth import password_validation
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's control without a placeholder: the label above it says the same."""
    return field.as_widget(attrs={"placeholder": False})


@register.simple_tag
def password_hint() -> str:
    """What makes a good new password, with the length that the settings ask for."""
    lengths = [
        validator.min_length
        for validator in password_validation.get_default_password_validators()
        if isinstance(validator, password_validation.MinimumLengthValidator)
    ]
    least = f"At least {max(lengths)} characters. " if lengths else ""
    return f"{least}A short sentence is good."
