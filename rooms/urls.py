"""The addresses of rooms; those that open a room begin with its link."""

from django.urls import path

from .views import call, home, my_rooms, room

urlpatterns = [
    path("", home.home, name="home"),
    path("rooms/", my_rooms.my_rooms, name="my-rooms"),
    path("rooms/new/", room.new_room, name="new-room"),
    path("r/<str:link>/", call.call, name="call"),
    path("r/<str:link>/room/", room.room_page, name="room"),
    path("r/<str:link>/delete/", room.delete, name="room-delete"),
    path("r/<str:link>/ticket/", call.ticket, name="room-ticket"),
    path("r/<str:link>/left/", call.left, name="left"),
]
