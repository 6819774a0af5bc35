"""Process versions: published once, never changed; what runs stays on its version, what is new takes the current."""

from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import select

from engine.overview.progress import progress_of
from engine.packages import ProcessContent
from engine.records import Instance, ProcessVersion, WorkItem
from engine.tickets import open_ticket
from engine.versions import LoadedVersion, PackageRefused, Shelf, current_version, publish
from helpdesk.audit import AuditEntry
from helpdesk.errors import NotFound
from tests.desk import DELETION, Desk
from tests.engine.altered import altered, built_in, publish_altered

RENAMED = ('name="Sprawdź wniosek"', 'name="Sprawdź wniosek i konto"')
PROPERTIES = "<bpmn:extensionElements><spiffworkflow:properties>{}</spiffworkflow:properties></bpmn:extensionElements>"
STEP = PROPERTIES.format("".join(
    f'<spiffworkflow:property name="{name}" value="{value}" />' for name, value in {
        "name.en": "Call the client", "public.pl": "Oddzwonimy do Ciebie", "public.en": "We will call you back",
        "form": "deletion_check"}.items()))
# A new task between the check and the decision, as an owner would draw it.
CALL_BACK = (
    ('<bpmn:outgoing>check_request_to_request_right</bpmn:outgoing>\n      </bpmn:userTask>',
     '<bpmn:outgoing>check_request_to_call_back</bpmn:outgoing></bpmn:userTask>'
     f'<bpmn:userTask id="call_back" name="Oddzwoń do klienta">{STEP}'
     '<bpmn:incoming>check_request_to_call_back</bpmn:incoming>'
     '<bpmn:outgoing>check_request_to_request_right</bpmn:outgoing></bpmn:userTask>'
     '<bpmn:sequenceFlow id="check_request_to_call_back" sourceRef="check_request" targetRef="call_back" />'),
    ('<bpmn:sequenceFlow id="check_request_to_request_right" sourceRef="check_request"',
     '<bpmn:sequenceFlow id="check_request_to_request_right" sourceRef="call_back"'),
    ('<bpmn:flowNodeRef>check_request</bpmn:flowNodeRef>',
     '<bpmn:flowNodeRef>check_request</bpmn:flowNodeRef><bpmn:flowNodeRef>call_back</bpmn:flowNodeRef>'),
    ('<bpmndi:BPMNShape id="check_request_shape"',
     '<bpmndi:BPMNShape id="call_back_shape" bpmnElement="call_back"><dc:Bounds x="875" y="300" width="100" '
     'height="80" /></bpmndi:BPMNShape><bpmndi:BPMNShape id="check_request_shape"'),
    ('<bpmndi:BPMNEdge id="check_request_to_request_right_edge"',
     '<bpmndi:BPMNEdge id="check_request_to_call_back_edge" bpmnElement="check_request_to_call_back">'
     '<di:waypoint x="925" y="405" /><di:waypoint x="925" y="380" /></bpmndi:BPMNEdge>'
     '<bpmndi:BPMNEdge id="check_request_to_request_right_edge"'),
)


def versions(desk: Desk, key: str) -> list[tuple[int, bool]]:
    return [(row.number, row.is_current) for row in desk.ask(lambda session: list(session.scalars(
        select(ProcessVersion).where(ProcessVersion.process_key == key).order_by(ProcessVersion.number))))]


def version_of(desk: Desk, number: str) -> int:
    version_id = desk.instance(number).version_id
    return desk.ask(lambda session: session.get_one(ProcessVersion, version_id).number)


def path(desk: Desk, number: str) -> list[tuple[str, str]]:
    """The way as the client is told it."""
    with desk.session() as session:
        ticket = open_ticket(session, number, by=desk.person(session, "clara"))
        return [(step.state, step.name) for step in progress_of(session, ticket).path("pl")]


def test_the_same_content_makes_no_new_version(desk: Desk) -> None:
    first = publish_altered(desk, "account_deletion")

    assert publish_altered(desk, "account_deletion").id == first.id
    assert versions(desk, "account_deletion") == [(1, True)]


def test_a_changed_process_is_version_two_and_running_tickets_stay_on_one(desk: Desk) -> None:
    old = desk.submit(DELETION, about="delete_account")
    publish_altered(desk, "account_deletion", RENAMED)
    new = desk.submit(DELETION, about="delete_account")

    assert versions(desk, "account_deletion") == [(1, False), (2, True)]
    assert (version_of(desk, old), version_of(desk, new)) == (1, 2)
    assert (desk.item(old).name_pl, desk.item(new).name_pl) == ("Sprawdź wniosek", "Sprawdź wniosek i konto")
    for number in (old, new):
        desk.complete(number, "check_request", decision="delete")
        assert desk.item(number).element_id == "deactivate_account"
    assert (version_of(desk, old), version_of(desk, new)) == (1, 2)
    assert versions(desk, "incident") == [(1, True)]


def test_an_earlier_content_published_again_is_the_earlier_version(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", RENAMED)

    publish_altered(desk, "account_deletion")

    assert versions(desk, "account_deletion") == [(1, True), (2, False)]
    assert version_of(desk, desk.submit(DELETION, about="delete_account")) == 1


def test_a_drawn_task_appears_for_agents_and_client_without_a_line_of_code(desk: Desk) -> None:
    old = desk.submit(DELETION, about="delete_account")
    publish_altered(desk, "account_deletion", *CALL_BACK)
    new = desk.submit(DELETION, about="delete_account")
    assert ("next", "Oddzwonimy do Ciebie") in path(desk, new)

    desk.complete(new, "check_request", decision="delete")

    item = desk.item(new, "call_back")
    assert (item.name_pl, item.name_en, item.form) == ("Oddzwoń do klienta", "Call the client", "deletion_check")
    assert item.team_id is not None and item.due_at == desk.clock(new).due_at
    assert ("now", "Oddzwonimy do Ciebie") in path(desk, new)
    desk.complete(new, "call_back", decision="refuse", explanation="Klient się rozmyślił.")
    assert desk.ticket(new).outcome == "refused"

    desk.complete(old, "check_request", decision="delete")
    assert desk.item(old).element_id == "deactivate_account"
    assert "Oddzwonimy do Ciebie" not in [name for _, name in path(desk, old)]


def test_what_is_refused_leaves_everything_as_it_was(desk: Desk) -> None:
    with pytest.raises(PackageRefused) as refused:
        publish_altered(desk, "account_deletion", ('"form" value="survey"', '"form" value="questionnaire"'))

    assert {finding.element for finding in refused.value.findings} == {"survey"}
    assert versions(desk, "account_deletion") == [(1, True)]
    assert version_of(desk, desk.submit(DELETION, about="delete_account")) == 1


def test_a_wrong_form_is_refused_with_its_component(desk: Desk) -> None:
    content = built_in("account_deletion")
    form = {**content.forms["survey"], "components": [{"type": "mystery", "key": "stars", "id": "x"}]}

    with pytest.raises(PackageRefused) as refused, desk.session() as session:
        publish(session, replace(content, forms={**content.forms, "survey": form}), by=None, now=desk.now)

    assert {key for key, _ in refused.value.sheets} == {"survey"}
    assert all(finding.pl and finding.en for _, finding in refused.value.sheets)


def test_a_lane_of_a_team_that_this_desk_does_not_have_is_refused(desk: Desk) -> None:
    with pytest.raises(PackageRefused) as refused:
        publish_altered(desk, "account_deletion", ('<bpmn:lane id="second_line"', '<bpmn:lane id="third_line"'))

    assert "third_line" in {finding.element for finding in refused.value.findings}


def test_publishing_is_written_down(desk: Desk) -> None:
    version = publish_altered(desk, "account_deletion", RENAMED)

    entry = desk.ask(lambda session: session.scalars(select(AuditEntry).where(
        AuditEntry.act == "process_published").order_by(AuditEntry.id.desc())).first())
    assert entry is not None
    assert entry.by_id == version.published_by_id is not None
    assert (entry.details["number"], entry.details["digest"]) == (2, version.digest)


def test_content_is_named_by_everything_in_it_and_nothing_else() -> None:
    content = built_in("account_deletion")
    same = ProcessContent.from_dict(content.to_dict())
    other_form = replace(content, forms={**content.forms, "survey": {**content.forms["survey"], "id": "other"}})

    assert same.digest == content.digest and len(content.digest) == 64
    assert set(content.forms) == {"account_deletion_request", "deletion_check", "deletion_deactivation",
                                  "deletion_form_check", "deletion_wrr0003", "survey"}
    digests = {content.digest, other_form.digest, altered("account_deletion", RENAMED).digest,
               replace(content, name={"pl": "Inna", "en": "Other"}).digest}
    assert len(digests) == 4


def test_the_shelf_keeps_only_the_latest_and_parses_a_version_once(desk: Desk) -> None:
    shelf = Shelf(size=2)
    with desk.session() as session:
        ids = list(session.scalars(select(ProcessVersion.id).order_by(ProcessVersion.id)))
        first = shelf.take(session, ids[0])

        assert shelf.take(session, ids[0]) is first
        for version_id in ids[1:]:
            shelf.take(session, version_id)
        assert shelf.take(session, ids[0]) is not first
        with pytest.raises(NotFound):
            shelf.take(session, 999_999)
        with pytest.raises(NotFound):
            current_version(session, "nothing")


def test_many_threads_take_from_one_shelf(desk: Desk) -> None:
    shelf, taken = Shelf(size=1), list[LoadedVersion]()

    def take() -> None:
        with desk.session() as session:
            for version_id in session.scalars(select(ProcessVersion.id)):
                taken.append(shelf.take(session, version_id))

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 4 * desk.ask(lambda session: session.query(ProcessVersion).count())


def test_a_running_instance_holds_no_copy_of_its_diagram(desk: Desk) -> None:
    number = desk.submit(DELETION, about="delete_account")

    assert len(desk.instance(number).state) < 2_000
    assert desk.ask(lambda session: session.scalar(select(Instance.state))) != b""
    assert desk.ask(lambda session: session.scalar(select(WorkItem.form))) == "deletion_check"
