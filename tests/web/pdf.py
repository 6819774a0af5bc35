"""The text of a PDF that typst has made, read without a library: enough to see that every letter can be copied."""

import re
import zlib

STREAM = re.compile(rb"(\d+) 0 obj\s*<<(.*?)>>\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)


def text_of(pdf: bytes) -> str:
    """The text of all pages, in the order in which it is drawn; spaces as they are drawn."""
    streams = {int(number): _unpacked(head, body) for number, head, body in STREAM.findall(pdf)}
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    maps = {number: _letters(body) for number, body in streams.items() if b"begincmap" in body}
    fonts = {number: maps[int(found[1])] for number, body in objects.items()
             if (found := re.search(rb"/ToUnicode (\d+) 0 R", body)) and int(found[1]) in maps}
    names: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", body):
            if int(number) in fonts:
                names[name] = fonts[int(number)]
    return " ".join(_drawn(body, names) for body in streams.values() if b" Tf" in body)


def _unpacked(head: bytes, body: bytes) -> bytes:
    return zlib.decompress(body) if b"FlateDecode" in head else body


def _letters(table: bytes) -> dict[int, str]:
    found = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
             for part in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL)
             for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part)}
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part):
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = chr(int(text, 16) + code - int(first, 16))
    return found


def _drawn(content: bytes, names: dict[bytes, dict[int, str]]) -> str:
    said, font = [], {}
    for name, text in re.findall(rb"/(f\d+) [\d.]+ Tf|(<[0-9A-Fa-f]+>|\((?:\\.|[^\\)])*\))", content, re.DOTALL):
        if name:
            font = names.get(name, {})
        else:
            codes = _codes(text)
            said.append("".join(font.get(code, "") for code in codes))
    return "".join(said)


def _codes(text: bytes) -> list[int]:
    raw = bytes.fromhex(text[1:-1].decode()) if text.startswith(b"<") else _plain(text[1:-1])
    return [int.from_bytes(raw[place:place + 2]) for place in range(0, len(raw), 2)]


def _plain(text: bytes) -> bytes:
    escapes = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if code.isdigit() else escapes.get(code, code)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)
