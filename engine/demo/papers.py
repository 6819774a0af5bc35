"""Small files that people attach: a picture of a screen, a message log, a signed form."""

import struct
import zlib
from collections.abc import Iterable

WIDTH, HEIGHT = 480, 270
_PAPER, _BAR, _FIELD, _ALERT = (250, 250, 250), (28, 66, 112), (222, 226, 232), (196, 52, 44)


def screen_picture(seed: int) -> bytes:
    """A PNG like a page of a portal: a bar, some fields and a red message, placed by the seed."""
    alert = 80 + seed % 4 * 40
    rows = []
    for y in range(HEIGHT):
        colour = _BAR if y < 36 else _ALERT if alert <= y < alert + 22 else _FIELD if y // 20 % 2 else _PAPER
        margin = 0 if y < 36 else 24
        width = WIDTH - 2 * margin - (0 if y < 36 else seed % 7 * 20)
        rest = WIDTH - margin - width
        rows.append(b"\0" + bytes(_PAPER) * margin + bytes(colour) * width + bytes(_PAPER) * rest)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
            + _chunk(b"IEND", b""))


def message_log(lines: Iterable[str]) -> bytes:
    """A text file as programs write them."""
    return ("\r\n".join(lines) + "\r\n").encode()


def form_print(lines: Iterable[str]) -> bytes:
    """A PDF of one page with the lines, which must be plain letters."""
    text = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 16 TL 56 780 Td {text} ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(written)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
