"""Random processes that are sound by the way they are made: blocks with one way in and one way out, one in another.

A few shapes are not blocks and sound all the same: crossed ways between parallel branches, loops with several ways out,
ways that merge at a step, ways that end early, side branches.
"""

from itertools import pairwise

from tests.reference.sketch import Sketch

FAR = 'timeDuration "PT{}H"'
# What conditions read; the story changes it before every act.
CONDITIONS = ("request.choice = 1", "request.choice > 1", "request.more = true", "request.choice < 3")
LEAVES = (
    "user", "user", "user", "user", "service", "pause", "hear", "say", "ask", "try", "receive", "send", "heed", "shout",
)  # fmt: skip
BLOCKS = (
    "line", "line", "parallel", "choice", "loop", "crossed", "exits", "merge", "sub", "call", "failing", "telling",
    "early", "some", "first", "parted", "away", "minded", "rounds", "rounds",
)  # fmt: skip
EDGES = ("late", "nagged", "rings", "withdrawn", "told", "alarmed", "warned")


FREE = {"isInterrupting": "false"}
HANDLERS = (
    ("message", "withdrawn", True), ("message", "answer", False), ("signal", "alarm", True), ("signal", "drill", False),
    ("timer", 'timeDuration "PT7H"', True), ("timer", 'timeCycle "R2/PT5H"', False), ("escalation", "half", False),
    ("escalation", "breach", True),
)  # fmt: skip


class Process:
    """Draws one random process; `random` decides. kinds: the blocks it may use. size: how many it may use."""

    def __init__(self, random, *, kinds=BLOCKS, leaves=LEAVES, edges=EDGES, size=8):
        self.random, self.kinds, self.leaves, self.edges, self.left = random, kinds, leaves, edges, size
        self.sketch = Sketch()
        self.calls, self.drawing = [], -1
        self.drawn = set()
        part = self.sketch.part()
        self._scope(part, "p", 3, form="request")
        self.sketch.process("p", part)
        # What is called is drawn in processes of its own, later, since it is called by nobody else but may call on.
        for number, (name, depth) in enumerate(self.calls):
            self.drawing = number
            part = self.sketch.part()
            self._scope(part, name, depth)
            self.sketch.process(name, part)

    @property
    def data(self):
        return self.sketch.data()

    def _name(self, kind):
        return f"{kind}_{self.sketch.number()}"

    def _scope(self, part, name, depth, **values):
        if "minded" in self.kinds and self.random.random() < 0.3:
            self._handler(part, *self.random.choice(HANDLERS))
        start = part.start(f"{name}_start", **values)
        first, last = self._block(part, depth)
        end = part.event("endEvent", f"{name}_end")
        part.flow(start, first)
        part.flow(last, end)

    def _block(self, part, depth):
        """Draws something with one way in and one way out; gives the first and the last node of it."""
        if depth < 1 or self.left < 1 or self.random.random() < 0.15:
            return self._leaf(part)
        self.left -= 1
        kind = self.random.choice(self.kinds)
        if kind == "early" and self.random.random() < 0.7:
            kind = "line"
        self.drawn.add(kind)
        return getattr(self, f"_{kind}")(part, depth - 1)

    def _ways(self, part, depth, least=2):
        return [self._block(part, depth) for _ in range(self.random.randint(least, 3))]

    # Steps

    def _leaf(self, part):
        kind = self.random.choice(self.leaves)
        self.drawn.add(kind)
        name = self._name(kind)
        if kind == "user":
            part.user(name)
            return self._edged(part, name)
        if kind in ("ask", "try"):
            return self._risky(part, name, kind)
        if kind == "service":
            part.service(name)
        elif kind == "pause":
            time = self.random.choice(['timeDuration "PT4H"', 'timeDuration "PT9H"', "timeDate request.moment"])
            part.event("intermediateCatchEvent", name, "timer", time)
        elif kind == "hear":
            part.event("intermediateCatchEvent", name, "message", self.random.choice(("answer", "paper")))
        elif kind == "heed":
            part.event("intermediateCatchEvent", name, "signal", self.random.choice(("alarm", "drill")))
        elif kind == "shout":
            part.event("intermediateThrowEvent", name, "signal", self.random.choice(("alarm", "drill")))
        elif kind in ("receive", "send"):
            code = self.sketch.code("message", self.random.choice(("answer", "paper")))
            part.node(f"{kind}Task", name, named=False, messageRef=code)
            return self._edged(part, name) if kind == "receive" else (name, name)
        elif kind == "say":
            part.event("intermediateThrowEvent", name, "message", self.random.choice(("answer", "paper")))
        return name, name

    def _risky(self, part, name, kind):
        """A service that answers later and may refuse, or one that throws an error; caught at its own edge."""
        answers = ['"later"'] if kind == "ask" else ['"ok"', '"throw lost"', '"throw broken"']
        part.service(name, self.random.choice(answers))
        merge = part.node("exclusiveGateway", self._name("merge"), named=False)
        edge = part.boundary(self._name("caught"), name, "error", "")
        if self.random.random() < 0.5:
            closer = part.boundary(self._name("caught"), name, "error", "lost")
            part.flow(closer, merge)
        if kind == "ask" and self.random.random() < 0.5:
            late = part.boundary(self._name("late"), name, "timer", 'timeDuration "PT6H"')
            part.flow(late, merge)
        part.way(edge, part.user(self._name("after")), merge)
        part.flow(name, merge)
        return name, merge

    def _edged(self, part, host):
        """Perhaps an event at the edge of `host`, with what follows it; gives the first and last node."""
        if not self.edges or self.random.random() < 0.6:
            return host, host
        kind = self.random.choice(self.edges)
        self.drawn.add(kind)
        trigger, ref, interrupts = {
            "late": ("timer", 'timeDuration "PT6H"', True),
            "nagged": ("escalation", "half", False),
            "rings": ("timer", 'timeCycle "R3/PT5H"', False),
            "withdrawn": ("message", "withdrawn", True),
            "told": ("message", "answer", False),
            "alarmed": ("signal", "alarm", True),
            "warned": ("signal", "drill", False),
        }[kind]
        edge = part.boundary(self._name(kind), host, trigger, ref, interrupts=interrupts)
        if interrupts and self.random.random() < 0.1:
            # Ends all at once: with a step before the end, an inclusive join would go on beside it.
            part.flow(edge, part.event("endEvent", self._name("side_end"), "terminate"))
            return host, host
        after = self._name("after")
        part.user(after) if self.random.random() < 0.7 else part.service(after)
        part.flow(edge, after)
        if interrupts:
            merge = part.node("exclusiveGateway", self._name("merge"), named=False)
            part.way(after, merge)
            part.flow(host, merge)
            return host, merge
        part.flow(after, part.event("endEvent", self._name("side_end")))
        return host, host

    # Blocks

    def _line(self, part, depth):
        ways = self._ways(part, depth)
        for before, after in pairwise(ways):
            part.flow(before[1], after[0])
        return ways[0][0], ways[-1][1]

    def _parallel(self, part, depth):
        split, join = (part.node("parallelGateway", self._name(x), named=False) for x in ("fork", "join"))
        for first, last in self._ways(part, depth):
            part.flow(split, first)
            part.flow(last, join)
        return split, join

    def _choice(self, part, depth):
        ways = self._ways(part, depth)
        name = self._name("choice")
        default = self.random.randrange(len(ways))
        merge = part.node("exclusiveGateway", self._name("merge"), named=False)
        part.node("exclusiveGateway", name, default=f"{name}__{ways[default][0]}")
        for number, (first, last) in enumerate(ways):
            part.flow(name, first, "" if number == default else self.random.choice(CONDITIONS))
            part.flow(last, merge)
        return name, merge

    def _loop(self, part, depth):
        """Do, ask, and perhaps again."""
        first, last = self._block(part, depth)
        begin, again = part.node("exclusiveGateway", self._name("begin"), named=False), self._name("again")
        ask = part.user(self._name("ask"))
        out = part.service(self._name("out"))
        part.node("exclusiveGateway", again, default=f"{again}__{out}")
        part.way(begin, first)
        part.way(last, ask, again, out)
        part.flow(again, begin, "request.more = true")
        return begin, out

    def _exits(self, part, depth):
        """A loop that may be left in two places and is entered again in its middle."""
        top, middle = (part.node("exclusiveGateway", self._name(x), named=False) for x in ("top", "middle"))
        leave, again, out = self._name("leave"), self._name("again"), self._name("out")
        first, last = self._block(part, depth)
        ask = part.user(self._name("ask"))
        part.service(out)
        part.node("exclusiveGateway", leave, default=f"{leave}__{middle}")
        part.node("exclusiveGateway", again, default=f"{again}__{out}")
        part.way(top, first)
        part.way(last, leave, middle, ask, again, out)
        part.flow(leave, out, "request.choice = 3")
        part.flow(again, top, "request.more = true")
        part.flow(again, middle, "request.choice = 2")
        return top, out

    def _crossed(self, part, depth):
        """Two parallel ways, of which the second also waits for the first half of the first."""
        fork, half, early, join = (
            part.node("parallelGateway", self._name(x), named=False) for x in ("fork", "half", "early", "join")
        )
        one, two, three, four = (self._block(part, depth - 1) for _ in range(4))
        part.flow(fork, one[0])
        part.way(one[1], half, two[0])
        part.flow(fork, three[0])
        part.way(three[1], early, four[0])
        part.flow(half, early)
        part.flow(two[1], join)
        part.flow(four[1], join)
        return fork, join

    def _early(self, part, depth):
        """A choice of which one way ends the scope that it is in."""
        name, first = self._name("stop_or_go"), self._block(part, depth)
        part.node("exclusiveGateway", name, default=f"{name}__{first[0]}")
        stop = part.event("endEvent", self._name("stop"), "terminate")
        part.flow(name, stop, "request.choice = 3")
        part.flow(name, first[0])
        return name, first[1]

    def _merge(self, part, depth):
        """A choice whose ways meet at a step, without a gateway."""
        ways = self._ways(part, depth)
        name, meet = self._name("choice"), self._name("meet")
        part.user(meet) if self.random.random() < 0.5 else part.service(meet)
        part.node("exclusiveGateway", name, default=f"{name}__{ways[-1][0]}")
        for first, last in ways:
            part.flow(name, first, "" if first == ways[-1][0] else self.random.choice(CONDITIONS))
            part.flow(last, meet)
        return name, meet

    # Choices of several ways, of events, and leaps

    def _some(self, part, depth):
        """An inclusive choice and the gateway that waits for what was chosen."""
        ways, name, join = self._ways(part, depth), self._name("some"), self._name("join")
        part.node("inclusiveGateway", name, default=f"{name}__{ways[0][0]}")
        part.node("inclusiveGateway", join, named=False)
        for number, (first, last) in enumerate(ways):
            part.flow(name, first, self.random.choice(CONDITIONS) if number else "")
            part.flow(last, join)
        return name, join

    def _parted(self, part, depth):
        """A step out of which several arrows lead, some with conditions; what they begin is joined."""
        ways, name, join = self._ways(part, depth), self._name("part"), self._name("join")
        default = self.random.randrange(len(ways))
        part.service(name, default=f"{name}__{ways[default][0]}")
        part.node("inclusiveGateway", join, named=False)
        for number, (first, last) in enumerate(ways):
            part.flow(name, first, "" if number == default else self.random.choice(CONDITIONS))
            part.flow(last, join)
        return name, join

    def _first(self, part, depth):
        """The first of several events decides how it goes on."""
        name = part.node("eventBasedGateway", self._name("first"), named=False)
        merge = part.node("exclusiveGateway", self._name("merge"), named=False)
        events = [("message", "answer"), ("message", "paper"), ("signal", "alarm"), ("timer", 'timeDuration "PT3H"'),
                  ("timer", 'timeDuration "PT8H"')]  # fmt: skip
        for trigger, ref in self.random.sample(events, self.random.randint(2, 4)):
            event = part.event("intermediateCatchEvent", self._name("come"), trigger, ref)
            first, last = self._block(part, depth)
            part.way(name, event, first)
            part.flow(last, merge)
        return name, merge

    def _away(self, part, depth):
        """A way that leaps by a link, between two blocks."""
        before, after, link = self._block(part, depth), self._block(part, depth), self._name("link")
        part.flow(before[1], part.event("intermediateThrowEvent", self._name("leap"), "link", link))
        part.flow(part.event("intermediateCatchEvent", self._name("land"), "link", link), after[0])
        return before[0], after[1]

    # Rounds

    def _marker(self):
        """How often an activity is done, and what a service in it may read."""
        kind = self.random.choice(("list", "list", "number", "while", "until"))
        if kind in ("while", "until"):
            before = ' testBefore="true"' if kind == "while" else ""
            condition = "<bpmn:loopCondition>request.more = true</bpmn:loopCondition>"
            most = f' loopMaximum="{self.random.randint(1, 3)}"'
            return f"<bpmn:standardLoopCharacteristics{before}{most}>{condition}</bpmn:standardLoopCharacteristics>", ""
        result = f"results_{self.sketch.number()}"
        parts = ["<bpmn:loopCardinality>2</bpmn:loopCardinality>"]
        if kind == "list":
            parts = [
                "<bpmn:loopDataInputRef>request.items</bpmn:loopDataInputRef>",
                f"<bpmn:loopDataOutputRef>{result}</bpmn:loopDataOutputRef>",
                f'<bpmn:inputDataItem id="in_{result}" name="item"/>',
                f'<bpmn:outputDataItem id="out_{result}" name="item"/>',
            ]
        if self.random.random() < 0.4:
            condition = self.random.choice(("request.choice = 4", "numberOfCompletedInstances >= 2"))
            parts.append(f"<bpmn:completionCondition>{condition.replace('>', '&gt;')}</bpmn:completionCondition>")
        how = ' isSequential="true"' if self.random.random() < 0.5 else ""
        marker = f"<bpmn:multiInstanceLoopCharacteristics{how}>{''.join(parts)}</bpmn:multiInstanceLoopCharacteristics>"
        return marker, "item" if kind == "list" else "loopCounter"

    def _rounds(self, part, depth):
        """An activity that is done several times."""
        kind, (marker, seen) = self.random.choice(("user", "service", "receive", "sub", "call")), self._marker()
        name = self._name(f"each_{kind}")
        if kind == "user":
            part.user(name, marker)
        elif kind == "service":
            part.service(name, seen or '"ok"', marker)
        elif kind == "receive":
            part.node("receiveTask", name, marker, named=False, messageRef=self.sketch.code("message", "paper"))
        elif kind == "call":
            return self._call(part, depth, marker)
        else:
            self._subprocess(part, name, lambda inner: self._round(inner, name, depth, seen), marker)
        return self._edged(part, name)

    def _round(self, inner, name, depth, seen):
        block, tell = self._block(inner, depth), inner.service(self._name("tell"), seen or '"ok"')
        inner.way(inner.start(f"{name}_start"), tell, block[0])
        inner.flow(block[1], inner.event("endEvent", f"{name}_end"))

    # Scopes

    def _sub(self, part, depth):
        name = self._name("sub")
        self._subprocess(part, name, lambda inner: self._scope(inner, name, depth))
        return self._edged(part, name)

    def _subprocess(self, part, name, draw, marker="", **attributes):
        inner = self.sketch.part()
        draw(inner)
        part.node("subProcess", name, marker + inner.inside(), named=False, **attributes)
        self.sketch.users.append(name)

    def _call(self, part, depth, marker=""):
        name = self._name("call")
        if self.calls[self.drawing + 1 :] and self.random.random() < 0.3:
            called = self.random.choice(self.calls[self.drawing + 1 :])[0]
        else:
            called = f"process_{self.sketch.number()}"
            self.calls.append((called, 0 if self.random.random() < 0.5 else 1))
        part.node("callActivity", name, marker, named=False, calledElement=called)
        self.sketch.users.append(name)
        return self._edged(part, name)

    def _failing(self, part, depth):
        """A subprocess of which one way throws an error, caught at its edge or at that of the one around it."""
        name, code = self._name("sub"), self.random.choice(("lost", "broken"))
        is_near = self.random.random() < 0.7

        def draw(inner):
            if is_near:
                return self._fails(inner, name, depth, code)
            deeper = self._name("sub")
            self._subprocess(inner, deeper, lambda part: self._fails(part, deeper, depth, code))
            return inner.way(inner.start(f"{name}_start"), deeper, inner.event("endEvent", f"{name}_end"))

        self._subprocess(part, name, draw)
        merge = part.node("exclusiveGateway", self._name("merge"), named=False)
        for caught in {code, self.random.choice(("", code, "lost"))}:
            edge, rescue = part.boundary(self._name("caught"), name, "error", caught), self._name("rescue")
            part.way(edge, part.user(rescue), merge)
        part.flow(name, merge)
        return name, merge

    def _handler(self, part, trigger, ref, interrupts):
        """A subprocess that an event starts."""
        name = self._name("handle")

        def draw(inner):
            start = inner.event("startEvent", f"{name}_start", trigger, ref, **({} if interrupts else FREE))
            # Nothing that throws: what it threw could start it again.
            usual, self.leaves = self.leaves, ("user", "service", "pause")
            usual_kinds, self.kinds = self.kinds, ("line", "parallel", "choice")
            block = self._block(inner, 1)
            self.leaves, self.kinds = usual, usual_kinds
            inner.flow(start, block[0])
            inner.flow(block[1], inner.event("endEvent", f"{name}_end"))

        self._subprocess(part, name, draw, triggeredByEvent="true")

    def _minded(self, part, depth):
        """A subprocess with one inside that starts when something goes wrong or is told in it."""
        name, code = self._name("sub"), self.random.choice(("lost", "half"))

        def draw(inner):
            if code == "lost":
                self._handler(inner, "error", self.random.choice(("lost", "")), True)
                return self._fails(inner, name, depth, code)
            self._handler(inner, "escalation", self.random.choice(("half", "")), self.random.random() < 0.5)
            block, tell = self._block(inner, depth), self._name("tell")
            inner.event("intermediateThrowEvent", tell, "escalation", "half")
            inner.way(inner.start(f"{name}_start"), block[0])
            return inner.way(block[1], tell, inner.user(self._name("after")), inner.event("endEvent", f"{name}_end"))

        self._subprocess(part, name, draw)
        return self._edged(part, name)

    def _fails(self, inner, name, depth, code):
        """Two parallel ways, one of which may fail while the other is under way."""
        fork, join = (inner.node("parallelGateway", self._name(x), named=False) for x in ("fork", "join"))
        try_, ask, other = self._name("try"), inner.user(self._name("ask")), self._block(inner, depth - 1)
        go = inner.service(self._name("go"))
        inner.node("exclusiveGateway", try_, default=f"{try_}__{go}")
        inner.way(inner.start(f"{name}_start"), fork, ask, try_, go, join, inner.event("endEvent", f"{name}_end"))
        inner.way(fork, other[0])
        inner.way(other[1], join)
        inner.flow(try_, inner.event("endEvent", self._name("fail"), "error", code), "request.choice < 2")

    def _telling(self, part, depth):
        """A subprocess that throws an escalation or a message, heard at its edge."""
        name = self._name("sub")
        trigger, ref = self.random.choice((("escalation", "half"), ("escalation", "breach"), ("message", "paper")))

        def draw(inner):
            block = self._block(inner, depth)
            tell = inner.event("intermediateThrowEvent", self._name("tell"), trigger, ref)
            after = inner.user(self._name("after"))
            inner.way(inner.start(f"{name}_start"), block[0])
            thrown = (trigger, ref) if self.random.random() < 0.5 else ()
            inner.way(block[1], tell, after, inner.event("endEvent", f"{name}_end", *thrown))

        self._subprocess(part, name, draw)
        interrupts = self.random.random() < 0.5
        caught = ref if trigger == "message" or self.random.random() < 0.7 else ""
        edge = part.boundary(self._name("heard"), name, trigger, caught, interrupts=interrupts)
        after = part.user(self._name("after"))
        part.flow(edge, after)
        if not interrupts:
            part.flow(after, part.event("endEvent", self._name("side_end")))
            return name, name
        merge = part.node("exclusiveGateway", self._name("merge"), named=False)
        part.way(after, merge)
        part.flow(name, merge)
        return name, merge
