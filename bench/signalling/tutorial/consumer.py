"""A room of peers, each known by its channel's name."""

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class RoomConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.group = f"room_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)
        await self.channel_layer.group_send(
            self.group, {"type": "peer.left", "id": self.channel_name}
        )

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if content["type"] == "join":
            await self.send_json({"type": "welcome", "id": self.channel_name})
            await self.channel_layer.group_send(
                self.group, {"type": "peer.joined", "id": self.channel_name}
            )
            return
        to = content.pop("to")
        message = {"from": self.channel_name, **content}
        await self.channel_layer.send(to, {"type": "peer.signal", "message": message})

    async def peer_joined(self, event: dict[str, Any]) -> None:
        if event["id"] == self.channel_name:
            return
        await self.send_json({"type": "joined", "id": event["id"]})
        await self.channel_layer.send(
            event["id"], {"type": "peer.here", "id": self.channel_name}
        )

    async def peer_here(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "here", "id": event["id"]})

    async def peer_left(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "left", "id": event["id"]})

    async def peer_signal(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])
