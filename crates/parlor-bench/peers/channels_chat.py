"""A chat on Django Channels with the Redis layer and SQLite, to be run by Daphne.

Speaks as much of Parlor's contract as a run of `parlor-bench compare` needs. Nobody signs in. Messages are stored, but
SQLite does not wait until they are on the disk.
"""

import asyncio
import collections
import json
import os

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="only for a measurement",
    INSTALLED_APPS=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["CHAT_DATABASE"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"},
        }
    },
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # With less capacity, messages to busy members are dropped.
            "CONFIG": {
                "hosts": [("127.0.0.1", int(os.environ["CHAT_REDIS_PORT"]))],
                "capacity": 1_000_000,
                "expiry": 600,
            },
        }
    },
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import re_path  # noqa: E402


class Message(models.Model):
    room = models.CharField(max_length=40)
    seq = models.IntegerField()
    nonce = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        app_label = "chat"
        unique_together = [("room", "seq")]


with connection.schema_editor() as editor:
    editor.create_model(Message)

heads = collections.Counter()
locks = collections.defaultdict(asyncio.Lock)


class Chat(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        frame = json.loads(text_data)
        await (self.hello if frame["type"] == "hello" else self.say)(frame)

    async def hello(self, frame):
        user, room = frame["data"]["token"].split(":")
        await self.channel_layer.group_add(room, self.channel_name)
        rooms = [{"id": room, "head": heads[room]}]
        reply = {"type": "ready", "ref": frame["ref"], "data": {"user": {"id": user}, "rooms": rooms}}
        await self.send(text_data=json.dumps(reply, separators=(",", ":")))

    async def say(self, frame):
        data = frame["data"]
        room = data["room"]
        content = {"body": data["body"], "nonce": data["nonce"]}
        # Whoever stores first also publishes first: otherwise members would see another order.
        async with locks[room]:
            seq = heads[room] + 1
            await database_sync_to_async(Message.objects.create)(room=room, seq=seq, **content)
            heads[room] = seq
            # The words stand in the contract's order, the envelope before the data.
            event = {"type": "message.created", "room": room, "seq": seq, "data": content}
            text = json.dumps(event, separators=(",", ":"))
            await self.channel_layer.group_send(room, {"type": "event", "text": text})
        ok = {"type": "ok", "ref": frame["ref"], "data": {"seq": seq}}
        await self.send(text_data=json.dumps(ok, separators=(",", ":")))

    async def event(self, message):
        await self.send(text_data=message["text"])


application = ProtocolTypeRouter({"websocket": URLRouter([re_path(r"", Chat.as_asgi())])})
