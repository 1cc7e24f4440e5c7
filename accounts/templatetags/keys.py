"""The addresses of one's own passkeys, for pages."""

from django import template

from ..keys import address_part

register = template.Library()
register.filter(address_part)
