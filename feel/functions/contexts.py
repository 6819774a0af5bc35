"""Functions of contexts, and those of any value."""

from feel import calendar
from feel.functions.registry import builtin
from feel.values import KINDS, Value, equal


@builtin("not(negand: any)")
def negation(value: Value) -> Value:
    return not value if isinstance(value, bool) else None


@builtin("is(value1: any, value2: any)")
def identical(one: Value, other: Value) -> Value:
    if equal(one, other) is not True:
        return False
    if KINDS[type(one)] in ("time", "date and time"):
        # Of different zones or offsets they may be equal but are not the same.
        return calendar.nanos(one) == calendar.nanos(other) and calendar.offset(one) == calendar.offset(other)
    return True


@builtin("get value(m/context: context, key: string)")
def get_value(context: dict[str, Value], name: str) -> Value:
    return context.get(name)


@builtin("get value(m/context: context, key/keys: list)")
def get_value_along(context: Value, names: list[Value]) -> Value:
    for name in names:
        context = context.get(name) if isinstance(context, dict) and isinstance(name, str) else None
    return context


@builtin("get entries(m/context: context)")
def get_entries(context: dict[str, Value]) -> Value:
    return [{"key": name, "value": value} for name, value in context.items()]


@builtin("context(entries: list)")
def context_of(entries: list[Value]) -> Value:
    made: dict[str, Value] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= set(entry) or not isinstance(entry["key"], str):
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any)")
def context_put(context: dict[str, Value], name: str, value: Value) -> Value:
    return {**context, name: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_along(context: dict[str, Value], names: list[Value], value: Value) -> Value:
    if not names or len(names) > 20 or not all(isinstance(name, str) for name in names):
        return None
    if len(names) == 1:
        return {**context, names[0]: value}
    inner = context.get(names[0])
    put = context_put_along(inner, names[1:], value) if isinstance(inner, dict) else None
    return None if put is None else {**context, names[0]: put}


@builtin("context merge(contexts: list)")
def context_merge(contexts: list[Value]) -> Value:
    if not all(isinstance(context, dict) for context in contexts):
        return None
    return {name: value for context in contexts for name, value in context.items()}
