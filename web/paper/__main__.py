"""The process in which a paper is set: `python -m web.paper` reads the data as JSON and writes a PDF.

It is a process of its own, so that a text which takes too long or too much ends it and not the desk.
"""

import re
import resource
import sys
from importlib.resources import files
from typing import Literal

import typst

CPU_SECONDS, MEMORY = 20, 2 * 1024**3
Standard = Literal["ua-1", "a-2a"]
STANDARDS: tuple[Standard, ...] = ("ua-1", "a-2a")  # read aloud in the right order; kept for years
# Letters that the fonts inside typst surely have: Latin, Greek, Cyrillic, punctuation, signs of money, arrows.
_UNKNOWN = re.compile("[^\\x00-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20ac\u2116\u2122"
                      "\u2190-\u2193]")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.buffer.write(make(sys.stdin.buffer.read().decode()))


def make(data: str) -> bytes:
    """The PDF of a paper; a letter that no font has, such as a picture of a face, fits no standard and is a “?”."""
    tries: tuple[tuple[str, tuple[Standard, ...]], ...] = (
        (data, STANDARDS), (_UNKNOWN.sub("?", data), STANDARDS), (data, ()))
    for text, standards in tries:
        try:
            return typst.compile((files("web.paper") / "request.typ").read_bytes(), format="pdf", pdf_tags=True,
                                 sys_inputs={"data": text}, ignore_system_fonts=True, pdf_standards=[*standards])
        except typst.TypstError:
            if not standards:
                raise
    raise AssertionError("the last try returns or raises")


if __name__ == "__main__":
    main()
