"""What is drawn in a diagram: elements, flows and lanes, and where events may stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The elements we run, by their BPMN name."""

    START = "startEvent"
    END = "endEvent"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    RULE_TASK = "businessRuleTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    BOUNDARY = "boundaryEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    SUBPROCESS = "subProcess"
    CALL = "callActivity"


class Trigger(StrEnum):
    """What an event waits for or throws."""

    NONE = ""
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ESCALATION = "escalation"
    ERROR = "error"
    LINK = "link"
    TERMINATE = "terminate"


class Clockwork(StrEnum):
    """The three kinds of timers."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


TRIGGERS: Mapping[Kind, frozenset[Trigger]] = {
    Kind.START: frozenset({Trigger.NONE}),
    Kind.END: frozenset(
        {Trigger.NONE, Trigger.TERMINATE, Trigger.ERROR, Trigger.ESCALATION, Trigger.MESSAGE, Trigger.SIGNAL}
    ),
    Kind.BOUNDARY: frozenset({Trigger.TIMER, Trigger.ESCALATION, Trigger.ERROR, Trigger.MESSAGE, Trigger.SIGNAL}),
    Kind.CATCH: frozenset({Trigger.TIMER, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.LINK}),
    Kind.THROW: frozenset({Trigger.NONE, Trigger.ESCALATION, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.LINK}),
}
# The start of a subprocess that an event starts.
HANDLED = frozenset({Trigger.TIMER, Trigger.ESCALATION, Trigger.ERROR, Trigger.MESSAGE, Trigger.SIGNAL})
TASKS = frozenset({Kind.USER_TASK, Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.RECEIVE_TASK, Kind.RULE_TASK})
HOSTS = TASKS | {Kind.SUBPROCESS, Kind.CALL}


class Style(StrEnum):
    """The three ways to do an activity more than once."""

    LOOP = "loop"
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How an activity is done several times.

    collection: FEEL list, one round for each item; cardinality: FEEL number of rounds. item: the variable a round sees
    its item in. condition: of a loop, it goes on while it holds; else the rounds are over once it holds. results: the
    variable that takes what `result`, FEEL seen by each round at its end, gives, in the order of the rounds.
    """

    style: Style
    collection: str = ""
    cardinality: str = ""
    item: str = "item"
    condition: str = ""
    is_tested_before: bool = False
    maximum: int | None = None
    results: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One drawn element.

    lane: the team key, None when neither the element nor a subprocess around it lies in a lane (a called process
    takes the lane of its caller; `Wait.lane` knows). code: name of the message, signal or link, code of the error or
    escalation, "" catches every code. timer: FEEL text. called: id of the called process. process: id of the process it
    is in. is_started_by_event: of a subprocess.
    """

    id: str
    kind: Kind
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]
    file: str
    line: int
    process: str
    parent: str | None = None
    lane: str | None = None
    lane_name: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    attached_to: str | None = None
    trigger: Trigger = Trigger.NONE
    code: str = ""
    is_interrupting: bool = True
    clockwork: Clockwork | None = None
    timer: str = ""
    verb: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    called: str | None = None
    is_started_by_event: bool = False
    rounds: Rounds | None = None

    @property
    def result(self) -> str:
        """The variable that takes what comes of the element."""
        return self.properties.get("result") or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; condition: FEEL text or None."""

    id: str
    source: str
    target: str
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]
    condition: str | None
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane: its id is the team's key, or `client`."""

    id: str
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]
