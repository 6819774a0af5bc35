# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""Tokens and the scopes they lie in: flat, without the history the library keeps.

A token is a task of the library that lives only while a token stands at its element: when it moves on it is forgotten
and others are put behind the flows it takes. What waits for an event beside a token, or beside a whole scope, is a
listener: it has a host and is no token of its own.
"""

import logging
import secrets
from collections.abc import Iterator
from typing import Any

import msgspec
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.spiff.timers import Armed

SCOPE = 0  # the host of what listens for a whole scope; tokens are greater

# The library logs every change of state with all it knows of the task, and collects that even when nobody listens.
for _name in ("spiff", "spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Place(msgspec.Struct, array_like=True):
    """Which round of an activity a token is, and what was answered inside the round, by variable."""

    index: int
    written: dict[str, Any] = {}


class Course(msgspec.Struct, array_like=True):
    """An activity that is done several times.

    count: of the rounds, 0 when it is not known before. results: by round, as far as they have ended.
    """

    count: int
    items: list[Any] | None = None
    begun: int = 0
    ended: int = 0
    results: list[Any] = []


class Token(Task):
    """Where a token stands, or what listens beside one.

    host: of a listener, the token it belongs to or SCOPE. flow: it came by. origin: the token the trail shows for it.
    is_inside: the trail has its element entered and not yet left. arrived: flows on which tokens wait at a gateway.
    passes: the element is passed over by hand, along this flow, or along its plain way if it is "".
    """

    host: int | None = None
    flow: str = ""
    origin: int | None = None
    is_inside = False
    armed: Armed | None = None
    arrived: list[str] | None = None
    place: Place | None = None
    course: Course | None = None
    lane: str | None = None
    passes: str | None = None

    def __init__(self, scope: Any, spec: Any, *, state: int = TaskState.FUTURE, id: int | None = None) -> None:
        # Tokens are keys of rows, so they are numbers that fit into a BIGINT; hashing them is also cheaper than UUIDs.
        super().__init__(scope, spec, state=state, id=id or secrets.randbits(63) or 1)

    def _set_state(self, value: int) -> None:
        self._state = value


class Scope:
    """What a process, a subprocess or the rounds of an activity hold while they run.

    caller: the token that waits until the scope is over, None for the outermost.
    """

    spec: Any
    tasks: dict[int, Token]
    instance: "Instance"
    caller: Token | None

    def begin(self) -> None:
        """Listens for what may start a subprocess, then puts the first token."""
        for listener in self.spec.listeners:
            self.listen(listener, host=SCOPE)
        if self.spec.first is not None:
            self.put(self.spec.first)
        self.instance.run.touched.append(self)

    def put(self, spec: Any, *, flow: str = "", place: Place | None = None) -> Token:
        """A token that has just arrived at an element."""
        token = Token(self, spec)
        token.flow, token.place = flow, place
        token.passes = self.instance.run.passing_over.pop(spec.name, None)
        if token.passes is None:
            spec._update(token)
        else:
            token._set_state(TaskState.READY)
            self.instance.run.ready.append(token)
        return token

    def listen(self, spec: Any, *, host: int, flow: str = "") -> None:
        token = Token(self, spec)
        token.host, token.flow = host, flow
        spec._update(token)

    def tokens(self) -> Iterator[Token]:
        """What keeps the scope from being over."""
        return (token for token in self.tasks.values() if token.host is None)

    def listeners(self, host: int) -> list[Token]:
        return [token for token in self.tasks.values() if token.host == host]

    def forget(self, token: Token) -> None:
        """The token has moved on: it is no more, nor is what listened beside it."""
        del self.tasks[token.id]
        for listener in self.listeners(token.id):
            self.tasks.pop(listener.id)._set_state(TaskState.CANCELLED)
        self.instance.run.touched.append(self)

    def drop(self, token: Token) -> None:
        """Cancels a token; what is inside it goes first."""
        inner = self.instance.subprocesses.get(token.id)
        if inner is not None:
            inner.clear()
            del self.instance.subprocesses[token.id]
        token._set_state(TaskState.CANCELLED)
        self.instance.run.cancelled(token)
        self.forget(token)

    def clear(self) -> None:
        """Cancels everything in the scope."""
        for token in list(self.tasks.values()):
            if token.id not in self.tasks:
                continue
            if token.host is None:
                self.drop(token)
            else:
                token._set_state(TaskState.CANCELLED)
        self.tasks.clear()

    def _task_completed_notify(self, token: Token) -> None:
        """The library's way to see whether the workflow is over; the run looks itself."""


class Instance(Scope, BpmnWorkflow):
    """The outermost scope; `run` is who is told what happens."""

    caller = None

    def __init__(self, bundle: Any, engine: Any, run: Any) -> None:
        self.run, self.instance = run, self
        BpmnWorkflow.__init__(self, bundle.spec, bundle.inner_specs, engine, deserializing=True)

    def scopes(self) -> Iterator[Scope]:
        """The outermost scope and all inner ones, callers first."""
        yield self
        yield from self.subprocesses.values()

    def live_tasks(self) -> Iterator[Token]:
        """All tokens and listeners."""
        for scope in self.scopes():
            yield from scope.tasks.values()

    def find_task(self, token: int) -> Token | None:
        return next((scope.tasks[token] for scope in self.scopes() if token in scope.tasks), None)

    def open(self, caller: Token, process: str) -> "InnerScope":
        """A scope that runs for the token `caller`, empty as yet."""
        scope = InnerScope(self.subprocess_specs[process], caller, self)
        self.subprocesses[caller.id] = scope
        return scope


class InnerScope(Scope, BpmnSubWorkflow):
    """A scope that a token waits for."""

    def __init__(self, spec: Any, caller: Token, instance: Instance) -> None:
        self.caller, self.instance = caller, instance
        BpmnSubWorkflow.__init__(self, spec, caller.id, instance, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0
