"""What can go wrong between a diagram and its run."""

from helpdesk.errors import DeskError


class BadDiagram(DeskError):
    """{file}, line {line}: {reason}"""

    file: str
    line: int
    reason: str


class EngineError(DeskError):
    """The process stopped at "{element_id}": {reason}"""

    element_id: str
    reason: str


class UncaughtError(EngineError):
    """The process ended with the error "{code}" at "{element_id}", and nothing in the diagram catches it."""

    code: str


class ThrowError(DeskError):
    """The step ended with the error "{code}"."""

    code: str


class StepBudgetSpent(EngineError):
    """The process did not come to rest: stopped at "{element_id}" after {steps} elements and {seconds} seconds."""

    steps: int
    seconds: float


class NotWaiting(DeskError):
    """This step is no longer waiting for anybody."""

    token: int


class StateRefused(DeskError):
    """The stored state of this process cannot be read: {reason}"""

    reason: str


class RunBroken(DeskError):
    """This run failed before; only the state saved earlier counts."""


class Blame:
    """Turns whatever goes wrong into an EngineError that names the element."""

    def __init__(self, element_id: str) -> None:
        self.element_id = element_id

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, EngineError):
            reason = f"{error or type(error).__name__}"
            raise EngineError(element_id=self.element_id, reason=reason) from error
