"""A WebSocket client that does whatever a case asks for, right or wrong, and keeps the accounts that cases judge by."""

import asyncio
import base64
import hashlib
import os
import struct
import types
import zlib
from collections import Counter

from suite import Constants, as_bytes

SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE, PING, PONG = 8, 9, 10
# How long a server may take to close the connection after both sides said goodbye, in seconds.
PATIENCE = 5


class Compression:
    """What the two sides agreed upon. The window that the server promised is the one it is read with."""

    def __init__(self, answer):
        name, *parameters = [part.strip() for part in answer.split(";")]
        agreed = dict(part.partition("=")[::2] for part in parameters)
        known = {"server_no_context_takeover", "client_no_context_takeover"}
        known |= {"server_max_window_bits", "client_max_window_bits"}
        if name != "permessage-deflate" or not known.issuperset(agreed):
            raise ValueError(f"the server agreed to what was not offered: {answer}")
        self.agreed = agreed
        self.inflater = self.deflater = None

    def window(self, side):
        return -int(self.agreed.get(f"{side}_max_window_bits") or 15)

    def compress(self, payload):
        if self.deflater is None or "client_no_context_takeover" in self.agreed:
            # What is compressed carelessly is inflated as well, and there are gigabytes of it.
            self.deflater = zlib.compressobj(level=1, wbits=self.window("client"))
        packed = self.deflater.compress(payload) + self.deflater.flush(zlib.Z_SYNC_FLUSH)
        return packed[:-4]

    def decompress(self, payload):
        if self.inflater is None or "server_no_context_takeover" in self.agreed:
            self.inflater = zlib.decompressobj(wbits=self.window("server"))
        return self.inflater.decompress(payload + b"\x00\x00\xff\xff")


class Peer(Constants):
    """What a case knows as `self.p`. The names are the cases'."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.factory = types.SimpleNamespace(isServer=False)
        self.state = self.STATE_CONNECTING
        self.wasClean = self.closedByMe = self.failedByMe = self.droppedByMe = self.connectionWasOpen = False
        self.remoteCloseCode = self.localCloseCode = self.localCloseReason = None
        self.createWirelog, self.trafficStats, self.autoFragmentSize = False, None, 0
        self.txFrameStats = Counter()
        self.perMessageCompressionOffers, self.perMessageCompressionAccept = [], None
        self._perMessageCompress = None
        self.timers, self.begun, self.message = [], 0, None

    def enableWirelog(self, _on):
        pass

    # Time.

    def later(self, delay, action, *arguments):
        self.timers.append(asyncio.get_running_loop().call_later(delay, action, *arguments))

    def continueLater(self, delay, action, _tag=None):
        self.later(delay, action)

    def killAfter(self, delay):
        self.later(delay, self.failConnection)

    def closeAfter(self, delay):
        self.later(delay, self.sendClose)

    def failConnection(self):
        if self.state != self.STATE_CLOSED:
            self.failedByMe = self.closedByMe = True
            self.drop()

    def drop(self):
        self.droppedByMe = True
        self.state = self.STATE_CLOSING
        self.writer.transport.abort()

    # From us to the server. The key is nothing but zeros, so that what is sent in pieces needs no accounts.

    def write(self, data):
        if not self.writer.is_closing():
            self.writer.write(data)

    def header(self, opcode, length, fin, rsv):
        self.txFrameStats[opcode] += 1
        first = (0x80 if fin else 0) | (rsv << 4) | opcode
        if length < 126:
            start = struct.pack("!BB", first, 0x80 | length)
        elif length < 1 << 16:
            start = struct.pack("!BBH", first, 0x80 | 126, length)
        else:
            start = struct.pack("!BBQ", first, 0x80 | 127, length)
        return start + bytes(4)

    def sendFrame(self, opcode, payload="", fin=True, rsv=0, payload_len=None, chopsize=None, sync=False):
        payload = as_bytes(payload)
        if payload_len is not None:
            payload = (payload * (payload_len // max(len(payload), 1) + 1))[:payload_len]
        data = self.header(opcode, len(payload), fin, rsv) + payload
        step = chopsize or len(data)
        for start in range(0, len(data), step):
            self.write(data[start : start + step])

    def sendMessage(self, payload, isBinary=False, fragmentSize=None, sync=False, doNotCompress=False):
        payload, opcode, rsv = as_bytes(payload), 2 if isBinary else 1, 0
        if self._perMessageCompress and not doNotCompress:
            payload, rsv = self._perMessageCompress.compress(payload), 4
        size = fragmentSize or self.autoFragmentSize or max(len(payload), 1)
        parts = []
        for start in range(0, max(len(payload), 1), size):
            part, last = payload[start : start + size], start + size >= len(payload)
            parts += [self.header(0 if start else opcode, len(part), last, 0 if start else rsv), part]
        self.write(b"".join(parts))

    def beginMessage(self, isBinary=False):
        self.begun = 2 if isBinary else 1

    def beginMessageFrame(self, length):
        self.write(self.header(self.begun, length, False, 0))
        self.begun = 0

    def sendMessageFrameData(self, data, sync=False):
        self.write(as_bytes(data))

    def endMessage(self):
        self.write(self.header(0, 0, True, 0))

    def sendClose(self, code=None, reason=None):
        self.sendCloseFrame(code, reason)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        if self.state != self.STATE_OPEN:
            return
        start = b"" if code is None else struct.pack("!H", code)
        self.sendFrame(CLOSE, start + as_bytes(reasonUtf8 or ""))
        self.state, self.closedByMe = self.STATE_CLOSING, not isReply
        self.localCloseCode, self.localCloseReason = code, reasonUtf8
        self.later(PATIENCE, self.drop)

    # From the server to us.

    async def run(self, case):
        """Runs a case to its end, and says what it thinks of the server."""
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 26)
        running = case(self)
        try:
            await self.open()
            running.onOpen()
            while True:
                await self.receive(running)
                await asyncio.sleep(0)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.state = self.STATE_CLOSED
            for timer in self.timers:
                timer.cancel()
            self.writer.close()
        running.onConnectionLost(self.failedByMe)
        return running

    async def open(self):
        key = base64.b64encode(os.urandom(16))
        lines = [
            "GET / HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key.decode()}",
        ]
        if self.perMessageCompressionOffers:
            offers = ", ".join(offer.header() for offer in self.perMessageCompressionOffers)
            lines.append(f"Sec-WebSocket-Extensions: {offers}")
        self.write("\r\n".join([*lines, "", ""]).encode())
        status, *fields = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        if not status.startswith("HTTP/1.1 101 "):
            return
        answer = {}
        for field in filter(None, fields):
            name, _, value = field.partition(":")
            answer[name.lower()] = value.strip()
        expected = base64.b64encode(hashlib.sha1(key + SALT).digest()).decode()
        if answer.get("sec-websocket-accept") != expected:
            raise ValueError("the server did not accept this very request")
        extensions = answer.get("sec-websocket-extensions")
        if extensions:
            self._perMessageCompress = Compression(extensions)
        self.connectionWasOpen, self.state = True, self.STATE_OPEN

    async def receive(self, case):
        first, second = await self.reader.readexactly(2)
        fin, rsv, opcode, length = first >> 7, first >> 4 & 7, first & 15, second
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        elif length > 127:
            raise ValueError("the server masked a frame")
        payload = await self.reader.readexactly(length)
        if opcode == CLOSE:
            self.remoteCloseCode = struct.unpack("!H", payload[:2])[0] if payload else None
            self.sendCloseFrame(self.remoteCloseCode, None, True)
            self.wasClean = True
            case.onClose(True, self.remoteCloseCode, None)
        elif opcode == PING:
            if self.state == self.STATE_OPEN:
                self.sendFrame(PONG, payload)
            case.onPing(payload)
        elif opcode == PONG:
            case.onPong(payload)
        else:
            self.data(case, fin, rsv, opcode, payload)

    def data(self, case, fin, rsv, opcode, payload):
        if opcode:
            self.message = (opcode, rsv, [payload])
        else:
            self.message[2].append(payload)
        if fin:
            opcode, rsv, parts = self.message
            whole = b"".join(parts)
            if rsv:
                if rsv != 4 or not self._perMessageCompress:
                    raise ValueError("the server set a bit that means nothing")
                whole = self._perMessageCompress.decompress(whole)
            case.onMessage(whole, opcode == 2)
