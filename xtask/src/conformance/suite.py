"""Makes the Autobahn cases load: they were written for Python 2 and for another WebSocket library.

They come as a source archive from the package index. Only the case classes and their test data are taken from it. A few
lines are put into today's Python, and of the library they were written for there are stand-ins with just what the cases
ask of it, on the standard library alone.
"""

import binascii
import hashlib
import pathlib
import re
import sys
import tarfile
import types

# What has changed in the language, and one division that was meant without a remainder.
REWRITES = [
    (r"^from (case\w*) import", r"from .\1 import"),
    (r"^from \.case9_9_1 import.*", ""),
    (r"\(object, Case, \)", "(Case,)"),
    (r"\bxrange\b", "range"),
    (r"\bunichr\b", "chr"),
    (r"^(\s*)print\b.*", r"\1pass"),
    (r"(?<=len\(self\.payload\)) / (?=self\.p\.autoFragmentSize)", " // "),
]


def unpack(archive, digest, folder):
    """Writes the cases of the archive into a folder of their own; returns where their test data is."""
    folder = pathlib.Path(folder)
    if hashlib.sha256(pathlib.Path(archive).read_bytes()).hexdigest() != digest:
        sys.exit(f"{archive} is not the archive it should be: delete it, and it will be fetched again")
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            _, found, place = member.name.partition("/autobahntestsuite/")
            if not (found and member.isfile() and place.startswith(("case/", "testdata/"))):
                continue
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            content = packed.extractfile(member).read()
            target.write_bytes(rewritten(content) if place.endswith(".py") else content)
    return folder / "testdata"


def rewritten(source):
    """Puts a file into today's Python. Its strings were bytes, so that a character of it is a byte here too."""
    text = source.decode("latin-1").replace("coding=utf-8", "coding=latin-1")
    for pattern, replacement in REWRITES:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    header = "" if "coding=latin-1" in text.partition("\n")[0] else "# coding=latin-1\n"
    return (header + text).encode("latin-1")


def as_bytes(value):
    """What a string of the cases stands for: bytes, unless it holds what no byte can be."""
    if isinstance(value, str):
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError:
            return value.encode("utf-8")
    return bytes(value)


def plain(value):
    """The same value with bytes in the place of strings, so that what was sent and what came can be compared."""
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return as_bytes(value) if isinstance(value, (str, bytes, bytearray)) else value


class Constants:
    """States and close codes by the names that the cases use."""

    STATE_CLOSED, STATE_CONNECTING, STATE_CLOSING, STATE_OPEN = range(4)
    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007


class Utf8Validator:
    """Says of bytes whether they can be the beginning of a text, and whether they are a whole one."""

    def reset(self):
        pass

    def validate(self, value):
        value = as_bytes(value)
        try:
            value.decode("utf-8")
            return True, True
        except UnicodeDecodeError as error:
            unfinished = error.reason == "unexpected end of data" and error.end == len(value)
            return unfinished, False


class Offer:
    """An offer of compression. As in the cases' own library, a client offers to be asked for anything itself."""

    def __init__(self, requestNoContextTakeover=False, requestMaxWindowBits=0):
        self.requestNoContextTakeover = requestNoContextTakeover
        self.requestMaxWindowBits = requestMaxWindowBits

    def header(self):
        words = ["permessage-deflate", "client_no_context_takeover", "client_max_window_bits"]
        if self.requestNoContextTakeover:
            words.append("server_no_context_takeover")
        if self.requestMaxWindowBits:
            words.append(f"server_max_window_bits={self.requestMaxWindowBits}")
        return "; ".join(words)


def stand_ins(testdata):
    """The modules that the cases import."""

    def module(name, **content):
        made = types.ModuleType(name)
        made.__dict__.update(content)
        return made

    def hexadecimal(value):
        return binascii.hexlify(as_bytes(value)).decode()

    def place(_package, name):
        return str(testdata / name.partition("/")[2])

    accepted = type("Accepted", (), {})
    return {
        "autobahn": module("autobahn", __path__=[]),
        "autobahn.websocket": module("autobahn.websocket", __path__=[]),
        "autobahn.websocket.protocol": module("protocol", WebSocketProtocol=Constants),
        "autobahn.websocket.utf8validator": module("utf8validator", Utf8Validator=Utf8Validator),
        "autobahn.websocket.compress": module(
            "compress",
            PerMessageDeflateOffer=Offer,
            PerMessageDeflateOfferAccept=accepted,
            PerMessageDeflateResponse=accepted,
            PerMessageDeflateResponseAccept=accepted,
        ),
        "binascii": module("binascii", b2a_hex=hexadecimal, hexlify=hexadecimal),
        "pkg_resources": module("pkg_resources", resource_filename=place),
    }


def load(folder, testdata):
    """The case classes, by their names."""
    held = dict(sys.modules)
    sys.modules.update(stand_ins(testdata))
    sys.path.insert(0, str(folder))
    try:
        from case import Case, Cases
    finally:
        for name in stand_ins(testdata):
            sys.modules.pop(name)
            if name in held:
                sys.modules[name] = held[name]
    Case.compare = lambda _self, one, other: plain(one) == plain(other)
    return {case.__name__.removeprefix("Case").replace("_", "."): case for case in Cases}
