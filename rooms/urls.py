"""The addresses of rooms; those that open a room begin with its link."""

from django.urls import path

from .views import (
    call,
    home,
    invitation,
    invitations,
    my_rooms,
    new_link,
    order,
    password,
    people,
    qr,
    room,
    stop_invitations,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("rooms/", my_rooms.my_rooms, name="my-rooms"),
    path("rooms/new/", room.new_room, name="new-room"),
    path("rooms/start/", my_rooms.start_meeting, name="start-meeting"),
    path("r/<str:link>/", call.call, name="call"),
    path("r/<str:link>/room/", room.room_page, name="room"),
    path("r/<str:link>/delete/", room.delete, name="room-delete"),
    path("r/<str:link>/order/", order.order, name="room-order"),
    path("r/<str:link>/kept-out/", order.let_back, name="room-kept-out"),
    path("r/<str:link>/room/password/", room.password, name="room-password-change"),
    path("r/<str:link>/new-link/", new_link.new_link, name="room-new-link"),
    path("r/<str:link>/qr.svg", qr.room_qr, name="room-qr"),
    path("r/<str:link>/people/", people.people, name="room-people"),
    path("r/<str:link>/resign/", people.resign, name="room-resign"),
    path("r/<str:link>/invitations/", invitations.invitations, name="room-invitations"),
    path(
        "r/<str:link>/invitations/<str:public_id>/revoke/",
        invitations.revoke,
        name="invitation-revoke",
    ),
    path(
        "r/<str:link>/invitations/<str:public_id>/again/",
        invitations.again,
        name="invitation-again",
    ),
    path("r/<str:link>/password/", password.password, name="room-password"),
    path("r/<str:link>/ticket/", call.ticket, name="room-ticket"),
    path("r/<str:link>/left/", call.left, name="left"),
    path("i/<str:token>/", invitation.invitation, name="invitation"),
    path(
        "mail/stop/<str:signed>/",
        stop_invitations.stop_invitations,
        name="stop-invitations",
    ),
]
