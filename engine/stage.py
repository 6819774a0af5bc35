"""The stage: one ticket's instance brought to life for one act, and written back afterwards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import actions
from engine.acts import mend_incidents
from engine.arrivals import tell_teams
from engine.business_rules import decide
from engine.diagrams.bundle import Element
from engine.diagrams.reports import Later
from engine.diagrams.run import Run, Wait
from engine.four_eyes import not_by_of
from engine.outside.calls import Questions
from engine.outside.signals import Subscriptions, send_thrown, signal_names
from engine.records import Answer, Instance, ItemState, TrailStep, WorkItem
from engine.running import Running, keep_instance, read_running, remember_team
from engine.versions import LoadedVersion, shelf_of
from helpdesk import audit
from helpdesk.conversation import Kind, say
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person
from helpdesk.ratings.records import open_for
from helpdesk.statements import rows
from helpdesk.statements.prepared import put, write
from helpdesk.tickets import AlreadyEnded, Priority, Status, Ticket, TicketTeam, set_status
from sla.alarms import AlarmKey, match
from sla.alarms import Kind as AlarmKind
from sla.calendars import OFFICE, calendar_of, due_at
from sla.durations import Allowed, parse_allowed
from sla.promises import SOLUTION_CLOCK, Clock, Promises

CLIENT_LANE = "client"
STEP_CLOCK = "step"
PERCENT = 100
NAME_MAX = 200


class NoSuchText(DeskError):
    """The process wants the text of “{field}”, but nobody has written it."""


class NotBegun(AlreadyEnded):
    """Request {number} lacks answers that its client was asked for; its process begins when they are there."""


class UnknownTeam(DeskError):
    """The lane “{lane}” belongs to no team of this desk."""


class Stage:
    """One act on one running ticket. Create it with `open_stage` or `new_stage`, move it, then `save`."""

    def __init__(self, session: Session, ticket: Ticket, instance: Instance, version: LoadedVersion, *,
                 by: Person | None, now: datetime, items: list[WorkItem] | None = None) -> None:
        """items: the open steps; none for a new instance."""
        self.session, self.ticket, self.instance, self.version = session, ticket, instance, version
        self.by, self.now, self.is_new = by, now, items is None
        self.shelf = shelf_of(session)
        self.calendars = self.shelf.calendars
        self.promises = Promises(session, ticket.id, self.calendars, is_new=self.is_new)
        self.items: list[WorkItem] = items or []
        self._known_teams = {item.team_id for item in self.items}
        self.run: Run
        self.variables: dict[str, Any] = dict(instance.variables)
        self.questions = Questions()
        self.subscriptions = Subscriptions()
        self._token = 0
        self._texts: dict[str, str] = {}
        self._opened_on = ticket.opened_at.astimezone(ZoneInfo(OFFICE.zone)).date().isoformat()

    # --- what the act does -------------------------------------------------------------------------------------

    def start(self) -> None:
        self._tell_facts()
        self.run = Run.start(self.version.bundle, variables=self.variables, now=self.now, perform=self._perform,
                             reckon=self._reckon, decide=self._decide)

    def restore(self) -> None:
        self._tell_facts()
        self.run = Run.restore(self.version.bundle, state=self.instance.state, variables=self.variables,
                               now=self.now, perform=self._perform, reckon=self._reckon, decide=self._decide)
        self.run.passing_over = dict(self.instance.passing_over)
        waits = self.run.waits
        self.questions.were_open = any(wait.kind == "call" for wait in waits)
        self.subscriptions.before = signal_names(waits)

    def begin_anew(self) -> None:
        """Run the process from its start once more, with everything that is known; what still waited is dropped."""
        self.run.cancel()
        self._write_trail()
        self.promises.stop_all(now=self.now)
        self.instance.ended_at, self.instance.end_element = None, ""
        self.start()

    def take_answers(self, form: str, element_id: str, answers: Mapping[str, Any], *, by: Person,
                     token: int | None = None) -> None:
        """Write a form's answers down: all of them in a row, the short ones among the variables.

        token: of the step, so that a round of a step that is done several times keeps its own answers.
        """
        sheet = self.version.sheets[form]
        rows.add(self.session, Answer, ticket_id=self.ticket.id, element_id=element_id, form=form,
                 content=plain(answers), by_id=by.id, given_at=self.now)
        short = plain(sheet.short_values(answers))
        if token is None:
            self.variables[form] = short
        else:
            self.run.write_at(token, form, short)
        self._texts.update({f"{form}.{key}": value for key, value in answers.items() if isinstance(value, str)})

    # --- what actions use --------------------------------------------------------------------------------------

    def text_of(self, field: str) -> str:
        """The latest text written in `form.field`, from this act or an earlier one."""
        if field in self._texts:
            return self._texts[field]
        form, _, key = field.partition(".")
        content = self.session.scalar(select(Answer.content).where(
            Answer.ticket_id == self.ticket.id, Answer.form == form).order_by(Answer.id.desc()).limit(1))
        text = (content or {}).get(key)
        if not text:
            raise NoSuchText(field=field)
        return str(text)

    def say(self, text: str, kind: Kind) -> None:
        say(self.session, self.ticket.id, text, by=self.by, kind=kind, now=self.now)

    def facts_for_letters(self) -> dict[str, Any]:
        return {"number": self.ticket.number, "subject": self.ticket.subject}

    def teams_at_work(self) -> list[int]:
        """The teams with an open step."""
        return sorted({item.team_id for item in self.items if item.team_id is not None and item.is_open})

    def teams_of(self, lanes: Iterable[str]) -> list[int]:
        found = (self.shelf.find_team_id(self.session, lane) for lane in lanes)
        return [team_id for team_id in found if team_id is not None]

    def ask_system(self, element: Element, *, system: str, operation: str, payload: Mapping[str, Any]) -> None:
        """Ask another system after the commit, for the token whose service task is performed."""
        self.questions.ask(self._token, element_id=element.id, system=system, operation=operation, payload=payload)

    # --- writing back ------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Make the tables equal to what the instance now waits for."""
        waits = self.run.waits
        self._end_if_over()
        self._keep()
        self._match_items([wait for wait in waits if wait.kind == "task"])
        if self.is_new and not self.teams_at_work():
            self._remember_first_team()
        self.ticket.due_at = self.promises.due_at(SOLUTION_CLOCK, now=self.now)
        self._show_pause()
        self._match_alarms(waits)
        self._match_calls([wait.token for wait in waits if wait.kind == "call"])
        self.subscriptions.match(self.session, self.ticket.id, waits)
        send_thrown(self.session, self.run.thrown, ticket_id=self.ticket.id, now=self.now)
        self._write_trail()
        write(self.session, self.ticket)
        self.session.flush()

    def abandon(self) -> None:
        """Drop everything that waits; the instance has ended without reaching an end of its diagram."""
        for item in self.items:
            item.state, item.ended_at = ItemState.DROPPED.value, self.now
            rows.add(self.session, TrailStep, ticket_id=self.ticket.id, token=item.token, element_id=item.element_id,
                     what="cancelled", at=self.now, by_id=self.by.id if self.by else None)
        self.instance.ended_at = self.now
        self.instance.state = b""
        self.ticket.due_at, self.ticket.paused_because = None, ""
        match(self.session, self.ticket.id, {})
        self._match_calls([])
        self.subscriptions.match(self.session, self.ticket.id, ())
        self.session.flush()

    def _keep(self) -> None:
        """Write the instance: its state and its variables, without the facts that the ticket's own row holds."""
        state = self.run.dump()
        variables = {key: value for key, value in self.variables.items() if key != "ticket"}
        if not self.is_new:
            if self.run.passing_over != self.instance.passing_over:
                self.instance.passing_over = self.run.passing_over
            keep_instance(self.session, self.instance, state=state, variables=variables)
            return
        new = self.instance
        new.id = rows.add_now(
            self.session, Instance, ticket_id=self.ticket.id, version_id=new.version_id, state=state,
            variables=variables, started_at=self.now, ended_at=new.ended_at, end_element=new.end_element)

    def _match_items(self, waits: list[Wait]) -> None:
        waiting = {wait.token: wait for wait in waits}
        for item in self.items:
            if item.token not in waiting and item.is_open:
                item.state, item.ended_at = ItemState.DROPPED.value, self.now
                self.promises.stop(STEP_CLOCK, now=self.now, token=item.token)
        for item in self.items:
            if item.is_open and not item.is_for_client:
                item.due_at = self._due_of(item.token)
            write(self.session, item)
        known, at_work = {item.token for item in self.items}, {item.team_id for item in self.items}
        new = [self._new_item(wait) for token, wait in waiting.items() if token not in known]
        self.items += new
        tell_teams(self.session, self.ticket, [item for item in new if item.team_id and item.team_id not in at_work],
                   by=self.by, now=self.now)

    def _due_of(self, token: int) -> datetime | None:
        """When a step of the staff is due: with its own clock or with the ticket's, whichever is first."""
        moments = (self.promises.due_at(STEP_CLOCK, now=self.now, token=token),
                   self.promises.due_at(SOLUTION_CLOCK, now=self.now))
        return min((moment for moment in moments if moment is not None), default=None)

    def _new_item(self, wait: Wait) -> WorkItem:
        element = self.version.bundle.elements[wait.element_id]
        lane = wait.lane or ""
        is_clients = lane == CLIENT_LANE
        team_id = None if is_clients else self.shelf.find_team_id(self.session, lane)
        if team_id is None and not is_clients:
            raise UnknownTeam(lane=lane)
        if element.properties.get("priority"):
            self.ticket.priority = Priority(element.properties["priority"]).value
        if element.properties.get("sla"):
            self.promises.start(STEP_CLOCK, element.properties["sla"], now=self.now, token=wait.token)
        if team_id is not None:
            self._remember_team(team_id)
        item = put(
            self.session, WorkItem,
            ticket_id=self.ticket.id, instance_id=self.instance.id, token=wait.token, element_id=element.id,
            name_pl=_in_round(element.names["pl"], wait), name_en=_in_round(element.names["en"], wait),
            form=element.properties["form"], team_id=team_id, opened_at=self.now,
            due_at=None if is_clients else self._due_of(wait.token),
            is_answered_by_reply=element.properties.get("completed_by_reply") == "true",
            not_by=not_by_of(element.properties), one_click=element.properties.get("one_click", "")[:200])
        if is_clients and element.properties.get("rating"):
            open_for(self.session, self.ticket, item_id=item.id, now=self.now)
        return item

    def _remember_team(self, team_id: int) -> None:
        if team_id in self._known_teams:
            return
        self._known_teams.add(team_id)
        if self.is_new:
            rows.add(self.session, TicketTeam, ticket_id=self.ticket.id, team_id=team_id)
        else:
            remember_team(self.session, self.ticket.id, team_id)

    def _remember_first_team(self) -> None:
        """A request that begins with the client's own step is watched by the first team of the diagram."""
        teams = self.teams_of(self.version.bundle.lanes)
        if teams:
            self._remember_team(teams[0])

    def _end_if_over(self) -> None:
        if not self.run.is_ended or self.instance.ended_at is not None:
            return
        self.instance.ended_at = self.now
        self.instance.end_element = (self.run.end_elements or [""])[-1]
        self.promises.stop_all(now=self.now)
        if not self.ticket.is_ended:
            # A diagram that ends without saying so has still ended the matter.
            set_status(self.ticket, Status.CLOSED, now=self.now)
            self.ticket.outcome = self.ticket.outcome or "solved"
        audit.record(self.session, "process_ended", by=self.by.id if self.by else None, now=self.now,
                     ticket_id=self.ticket.id, end=self.instance.end_element)

    def _show_pause(self) -> None:
        clock = self.promises.find(SOLUTION_CLOCK)
        reading = self.promises.reading(clock, now=self.now) if clock and not clock.is_stopped else None
        self.ticket.paused_because = (reading.paused_because or "") if reading else ""

    def _match_alarms(self, waits: list[Wait]) -> None:
        wanted = {AlarmKey(AlarmKind.TIMER, wait.token, wait.generation): (wait.due_at, wait.element_id)
                  for wait in waits if wait.due_at is not None}
        for clock, threshold, moment in self.promises.thresholds(now=self.now):
            key = AlarmKey(AlarmKind.CLOCK, clock.id, clock.generation, int(threshold.share * PERCENT))
            wanted[key] = (moment, f"{self._code_of(clock)}_{threshold.code}")
        match(self.session, self.ticket.id, wanted, is_new=self.is_new)

    def _match_calls(self, tokens: list[int]) -> None:
        withdrawn = self.questions.match(self.session, ticket_id=self.ticket.id, instance_id=self.instance.id,
                                         tokens=tokens, now=self.now)
        for act in withdrawn:
            mend_incidents(self.session, self.ticket.id, act=act, by=None, now=self.now)

    def _code_of(self, clock: Clock) -> str:
        """What the clock's escalation codes begin with: its key, or the element whose step it belongs to."""
        return next((item.element_id for item in self.items if item.token == clock.token), clock.key)

    def _write_trail(self) -> None:
        steps = [{"ticket_id": self.ticket.id, "token": step.token, "element_id": step.element_id,
                  "what": step.what, "at": self.now, "by_id": self.by.id if self.by else None}
                 for step in self.run.trail]
        if steps:
            rows.add_all(self.session, TrailStep, steps)

    # --- what the run asks back --------------------------------------------------------------------------------

    def _perform(self, verb: str, parameters: dict[str, Any], element: Element, token: int) -> Later | None:
        self._token = token
        result = actions.perform(self, verb, parameters, element)
        self._tell_facts()
        return result

    def _decide(self, element: Element, inputs: Mapping[str, object]) -> Mapping[str, object]:
        return decide(self.version.decisions, element, inputs, now=self.now)

    def _reckon(self, value: object, now: datetime) -> datetime:
        """The due moment that a timer's FEEL value means."""
        if isinstance(value, datetime):
            return value
        allowed = parse_allowed(value) if isinstance(value, str) else Allowed(time=value)  # type: ignore[arg-type]
        return due_at(now, allowed, calendar_of(allowed, self.calendars))

    def _tell_facts(self) -> None:
        ticket = self.ticket
        place = (self.shelf.place_of(self.session, ticket.classification_id)
                 if ticket.classification_id is not None else None)
        self.variables["ticket"] = {
            "number": ticket.number, "priority": ticket.priority, "status": ticket.status,
            "channel": ticket.channel, "classification": place.classification if place else None,
            "service": place.service if place else None, "request_type": ticket.request_type,
            "opened_on": self._opened_on}


def _in_round(name: str, wait: Wait) -> str:
    """The name of a step; one that is done several times says for what, or which time it is."""
    return f"{name} · {wait.round.label}"[:NAME_MAX] if wait.round is not None else name


def open_stage(session: Session, ticket: Ticket, *, by: Person | None, now: datetime,
               running: Running | None = None) -> Stage:
    """The instance of a locked ticket, restored; raises AlreadyEnded when it was abandoned.

    running: if it was read already under the same lock.
    """
    running = running or read_running(session, ticket)
    if not running.instance.has_begun:
        raise NotBegun(number=ticket.number)
    if not running.instance.state:
        raise AlreadyEnded(number=ticket.number)
    version = shelf_of(session).take(session, running.instance.version_id)
    stage = Stage(session, ticket, running.instance, version, by=by, now=now,
                  items=[item for item in running.items if item.is_open])
    stage.restore()
    return stage


def still_stage(session: Session, ticket: Ticket, *, by: Person | None, now: datetime,
                running: Running | None = None) -> Stage:
    """A stage on which nothing moves: of a process that has not begun, or whose state is of no use any more."""
    running = running or read_running(session, ticket)
    version = shelf_of(session).take(session, running.instance.version_id)
    return Stage(session, ticket, running.instance, version, by=by, now=now,
                 items=[item for item in running.items if item.is_open])


def new_stage(session: Session, ticket: Ticket, version: LoadedVersion, *, by: Person | None,
              now: datetime) -> Stage:
    """A fresh instance of the version for a new ticket; not started yet."""
    instance = Instance(ticket_id=ticket.id, version_id=version.id, state=b"", variables={}, started_at=now,
                        end_element="")
    return Stage(session, ticket, instance, version, by=by, now=now)


def plain(value: Any) -> Any:
    """The value as JSON can hold it: dates and moments as ISO text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
