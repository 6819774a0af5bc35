"""Hostile files: XML that bites, encodings, depths, sizes, ids, and what lies beside the diagram."""

import json
from collections.abc import Iterator

from tests.hostile.case import Case, Numbered, drawn, family, line, plain

BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = (
    f'<!DOCTYPE d [<!ENTITY a0 "ha">{BOMB}]>', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>', '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///x"> %p;]>',
    f'<!DOCTYPE d [<!ENTITY x "{"y" * 100_000}">]>', '<!DOCTYPE d [<!ENTITY a "&b;"><!ENTITY b "&a;">]>',
    "<!DOCTYPE definitions>", '<!DOCTYPE d SYSTEM "d.dtd">', '<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://x">',
    '<!DOCTYPE d [<!ELEMENT d ANY><!ATTLIST d x CDATA "y">]>', '<!DOCTYPE d [<!NOTATION n SYSTEM "x">]>', "<!DOCTYPE",
)  # fmt: skip


@family
def document_types() -> Iterator[Case]:
    case = Numbered("document type")
    for doctype in DOCTYPES:
        yield case(f"{doctype}{plain()}")
        yield case(f"<?xml version='1.0'?>{doctype}{plain().replace('first', '&x;', 1)}")


@family
def odd_xml() -> Iterator[Case]:
    case, text = Numbered("odd XML"), plain()
    yield case(f'<?xml-stylesheet href="x.xsl"?>{text}')
    yield case(text.replace("<bpmn:process", "<!--" + "x" * 500_000 + "--><bpmn:process", 1))
    yield case(text.replace("<bpmn:process", "<?p x?>" * 50_000 + "<bpmn:process", 1))
    yield case(text.replace("<bpmn:process", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><bpmn:process', 1))
    yield case(text.replace("<bpmn:userTask", "<![CDATA[" + "]" * 100_000 + "]]><bpmn:userTask", 1))
    yield case(text.replace('name="first"', 'name="first" name="second"', 1))
    yield case(text.replace("bpmn:", "evil:"))
    yield case(text.replace("20100524/MODEL", "20100524/OTHER"))
    yield case(text.replace("</bpmn:definitions>", ""))
    yield case(text + text)
    yield case(text.replace("<bpmn:process", "&#0;<bpmn:process", 1))
    yield case(text.replace('name="first"', 'name="&#xFFFF;"'))
    yield case(text.replace('name="first"', 'name="&undefined;"'))
    for other in ("", " ", "<", "<a/>", "{}", "<html><script>alert(1)</script></html>", "PK\x03\x04", "<svg onload='x'/>"):
        yield case(other)


@family
def encodings() -> Iterator[Case]:
    case, text = Numbered("encoding"), plain()
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037", "utf-7"):
        yield case(text.encode(name))
        yield case(f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(name, "replace"))
    for declared in ("latin-1", "utf-16", "ebcdic-cp-us", "no-such", "utf-7", ""):
        yield case(f'<?xml version="1.0" encoding="{declared}"?>{text}')
    yield case(text.encode().replace(b"first", b"fi\x00st"))
    yield case(text.encode().replace(b"first", b"fi\xffst"))
    yield case(text.encode()[: len(text) // 2] + b"\xc4")
    yield case(b"\x00" * 10_000)


@family
def depths() -> Iterator[Case]:
    case, text = Numbered("depth"), plain()
    for depth in (36, 41, 100, 255, 257, 1_000, 5_000, 40_000):
        nest = "<bpmn:x>" * depth + "</bpmn:x>" * depth
        yield case(text.replace("<bpmn:process", f"{nest}<bpmn:process", 1))
        yield case(text.replace("<bpmn:userTask", f"{nest}<bpmn:userTask", 1))
    for depth in (5, 17, 19, 39, 45, 200):
        yield case(drawn(lambda part, depth=depth: line(part, _nested(part, depth))))


def _nested(part, depth):
    inner = part.sketch.part()
    start, end = inner.start(f"in_{depth}"), inner.event("endEvent", f"out_{depth}")
    inner.way(start, _nested(inner, depth - 1) if depth > 1 else inner.service("core"), end)
    return part.node("subProcess", f"sub_{depth}", inner.inside(), named=False)


@family
def sizes() -> Iterator[Case]:
    case, text = Numbered("size"), plain()
    for size in (90_000, 900_000, 990_000, 1_100_000, 1_500_000, 1_999_000, 2_100_000):
        yield case(text.replace('name="first"', f'name="{"n" * size}"', 1))
        yield case(text + " " * size)
    for number in (1_000, 20_000, 60_000):
        yield case(text.replace('name="first"', " ".join(f'a{n}="1"' for n in range(number)) + ' name="first"', 1))
        yield case(text.replace("<bpmn:process", "<bpmn:message/>" * number + "<bpmn:process", 1))
        yield case(text.replace("<bpmn:process", "".join(f'<x xmlns="u:{n}"/>' for n in range(number // 3)) + "<bpmn:process", 1))


@family
def long_ways() -> Iterator[Case]:
    case = Numbered("long way")
    for length in (100, 240, 247, 248, 300, 400, 600, 1_500):
        yield case(drawn(lambda part, length=length: line(part, *[part.service(f"s{n}") for n in range(length)])))
    for length in (100, 240, 500):
        yield case(drawn(lambda part, length=length: line(part, *[part.user(f"u{n}") for n in range(length)])))
    for number in (100, 600, 5_000):
        yield case(drawn(lambda part, number=number: _flows(part, number)))


def _flows(part, number):
    line(part)
    part.flows += [f'<bpmn:sequenceFlow id="f{n}" sourceRef="first" targetRef="end"/>' for n in range(number)]


HOSTILE_IDS = (
    "Start", "End", "Root", "StartEventSplit", "p.EndJoin", "first.BoundaryEventSplit", "", " ", "1", "a b", "a'b",
    "a&quot;b", "a]b", "']|//*['", "żółw", "__class__", "__proto__", "None", "a" * 101, "a" * 50_000, "a:b", "../x", "p",
    "team_0", "definitions", "first'); DROP TABLE ticket;--", "first\u202etsrif", "x.y", "-x", "_", "constructor",
)  # fmt: skip


@family
def ids() -> Iterator[Case]:
    case, text = Numbered("id"), plain()
    for own in HOSTILE_IDS:
        yield case(text.replace('"first"', f'"{own}"').replace("first__end", "way"))
        yield case(text.replace('id="first__end"', f'id="{own}"'))
    for name in ("begin", "end", "p", "first__end", "begin__first", "p_lanes"):
        yield case(text.replace('id="first"', f'id="{name}"', 1), rule="duplicate_id")


@family
def beside_the_diagram() -> Iterator[Case]:
    case, text = Numbered("beside"), plain()
    for toml in (
        b"", b"\xff", b"[" * 100_000, b"a = " + b"[" * 5_000, b"a = '" + b"x" * 3_000_000 + b"'", b"processes = 5",
        b"[[processes]]\nkey = 5", b"processes = [{}]", b'[[processes]]\nkey="p"\nfile="../p.bpmn"\nprocess_id="p"\nname={pl="p",en="p"}',
        b'[[processes]]\nkey="p"\nfile="no.bpmn"\nprocess_id="p"\nname={pl="p",en="p"}', b"a.b.c = 1\na.b = 2", b"teams = 1\nprocesses = []",
    ):  # fmt: skip
        yield case(text, more={"package.toml": toml})
    deep = b'{"components":' + b"[" * 100_000
    for form in (
        b"", b"[]", b"\xff", deep, b'{"components": 5}', b'{"components": [5]}', b'{"components": [{"key": []}]}',
        json.dumps({"components": [{"type": "textfield", "key": "a" * 10_000}] * 3_000}).encode(), b"1e999999",
        b'{"components":[{"type":"textfield","key":"a","validate":{"pattern":"(a+)+$"},"label":"x"}]}', b"NaN",
        b'{"type":"default","components":[{"type":"textfield","key":"a","conditional":{"hide":"9**9**9"}}]}',
    ):  # fmt: skip
        yield case(text, more={"forms/step.json": form})
