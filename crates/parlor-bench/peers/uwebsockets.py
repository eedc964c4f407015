"""A chat of uWebSockets, as the core of socketify: rooms are topics, and the core itself publishes to their subscribers.

Speaks as much of Parlor's contract as a run of `parlor-bench compare` needs. Nobody signs in and nothing is kept.
"""

import json
import sys

from socketify import App, CompressOptions, OpCode

heads = {}


def on_message(ws, message, _opcode):
    frame = json.loads(message)
    data = frame["data"]
    if frame["type"] == "hello":
        user, room = data["token"].split(":")
        ws.subscribe(room)
        rooms = [{"id": room, "head": heads.get(room, 0)}]
        reply = {"type": "ready", "ref": frame["ref"], "data": {"user": {"id": user}, "rooms": rooms}}
        ws.send(json.dumps(reply, separators=(",", ":")), OpCode.TEXT)
        return
    room = data["room"]
    seq = heads.get(room, 0) + 1
    heads[room] = seq
    content = json.dumps({"body": data["body"], "nonce": data["nonce"]}, separators=(",", ":"))
    event = f'{{"type":"message.created","room":"{room}","seq":{seq},"data":{content}}}'
    app.publish(room, event, OpCode.TEXT)
    ws.send(f'{{"type":"ok","ref":{frame["ref"]},"data":{{"seq":{seq}}}}}', OpCode.TEXT)


app = App()
app.ws(
    "/*",
    {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": 64 * 1024,
        # What does not fit is dropped, so that it has to be more than a run can fill.
        "max_backpressure": 256 * 1024 * 1024,
        "idle_timeout": 120,
        "message": on_message,
    },
)
app.listen({"port": int(sys.argv[1]), "host": "127.0.0.1"})
app.run()
