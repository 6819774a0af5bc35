"""How long a step takes. Printed with `pytest -s`; the bound is far above it, so that a slow machine does not fail."""

import time

from player import NOW, reckon
from spiff_samples import boundary, codes, diagram, end, flows, lanes, process, service, start, sub, user, xor

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.run import Run

INCIDENT = diagram(
    codes(escalation="solution_75 solution_breach", error="refused"),
    process(
        "p",
        lanes(first_line="start register work triage ask solve", second_line="specialist", client="confirm"),
        start(form="report"),
        service("register", "set_status", status='"registered"'),
        service("begin", "start_clock", clock='"solution"', allowed='"P2D @ office"'),
        sub(
            "work",
            start("work_start"),
            xor("again"),
            user("triage"),
            xor("decision", "decision__solve"),
            user("specialist"),
            user("solve"),
            end("work_end"),
            boundary("late", "triage", "timeDuration", '"PT4H"', interrupting=False),
            service("remind", "notify", to='"lead"', text='"reminder"'),
            end("reminded"),
            flows(
                "work_start > again > triage > decision > solve > work_end",
                'decision > specialist ? triage.decision = "specialist"',
                "specialist > again",
                "late > remind > reminded",
            ),
        ),
        boundary("on_75", "work", "escalation", "solution_75", interrupting=False),
        service("warn", "notify", to='"lead"', text='"escalation"'),
        end("warned"),
        boundary("on_breach", "work", "escalation", "solution_breach", interrupting=False),
        service("breach", "notify", to='"manager"', text='"breach"'),
        end("breached"),
        user("confirm"),
        end(),
        flows(
            "start > register > begin > work > confirm > end", "on_75 > warn > warned", "on_breach > breach > breached"
        ),
    ),
)
ROUNDS = 200


def test_a_step_takes_less_than_a_blink():
    bundle = parse_bundle({"incident.bpmn": INCIDENT}, "p")
    facts = {"now": NOW, "perform": lambda *_: None, "reckon": reckon}
    variables = {"triage": {"decision": "specialist"}}
    state = Run.start(bundle, variables=variables, **facts).dump()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run = Run.restore(bundle, state=state, variables=variables, **facts)
        loaded = time.perf_counter()
        run.complete(next(wait.token for wait in run.waits if wait.kind == "task"))
        done = time.perf_counter()
        state = run.dump()
        times.append((loaded - began, done - loaded, time.perf_counter() - done))

    load, step, save = (sorted(column)[ROUNDS // 2] * 1000 for column in zip(*times, strict=True))
    total = load + step + save
    print(f"\nrestore {load:.3f} + complete {step:.3f} + dump {save:.3f} = {total:.3f} ms, {len(state)} bytes")
    assert total < 10
    assert len(state) < 500
