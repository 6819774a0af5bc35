# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""The only language a diagram may use: FEEL, evaluated against the variables of the instance."""

from collections.abc import Mapping
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from engine.diagrams.errors import EngineError
from feel import FeelError, parse


class FeelEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates FEEL; task data is never looked at. The library reaches some expressions through here directly."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        super().__init__()
        self.variables = variables

    def evaluate(self, expression: str, context: object = None, external_context: object = None) -> object:
        return evaluate(expression, self.variables, element_id="")

    def execute(self, script: str, context: object = None, external_context: object = None) -> NoReturn:
        raise EngineError(element_id="", reason="scripts are not allowed")

    def call_service(self, context: object = None, **kwargs: object) -> NoReturn:
        raise EngineError(element_id="", reason="the library may not call services")


class FeelEngine(PythonScriptEngine):
    """The script engine of one instance: expressions are FEEL, scripts and services raise."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        super().__init__(FeelEnvironment(variables))

    def validate(self, expression: str) -> None:
        parse(expression)

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> object:
        return evaluate(expression, self.environment.variables, element_id=task.task_spec.name)

    def execute(self, task: Any, script: str, external_context: object = None) -> NoReturn:
        raise EngineError(element_id=task.task_spec.name, reason="scripts are not allowed")

    def call_service(self, task: Any, **kwargs: object) -> NoReturn:
        raise EngineError(element_id=task.task_spec.name, reason="the library may not call services")


def evaluate(expression: str, variables: Mapping[str, object], *, element_id: str) -> object:
    """The value of a FEEL expression; raises EngineError that names the element and the expression."""
    try:
        return parse(expression).evaluate(variables)
    except FeelError as error:
        raise EngineError(element_id=element_id, reason=f"{expression}: {error}") from error


def is_true(expression: str, variables: Mapping[str, object], *, element_id: str) -> bool:
    """Whether a condition holds; null (nothing is known) does not hold, anything but a boolean is an error."""
    value = evaluate(expression, variables, element_id=element_id)
    if value is None or isinstance(value, bool):
        return value is True
    raise EngineError(element_id=element_id, reason=f"the condition {expression} is neither true nor false")
