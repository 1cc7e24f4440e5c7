"""Kept messages, in the administration."""

from django.contrib import admin

from conference.administration.part import WrittenByCalls

from ..models import Message


@admin.register(Message)
class MessageAdmin(WrittenByCalls[Message]):
    """Who wrote when. What was written is on each message's own page only."""

    list_display = ("room", "number", "name", "user", "sent_at")
    list_display_links = ("number",)
    list_filter = ("sent_at",)
    list_select_related = ("room", "user")
    search_fields = ("room__name", "room__link", "name", "user__email")
    ordering = ("-sent_at", "-pk")
    date_hierarchy = "sent_at"
