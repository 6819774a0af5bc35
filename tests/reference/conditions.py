"""The few conditions the reference understands: comparisons of one name with one plain value, joined by `and`/`or`."""

import operator
import re

COMPARE = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ONE = re.compile(r"\s*([\w.]+)\s*(=|!=|<=|>=|<|>)\s*(true|false|-?\d+|\"[^\"]*\")\s*")


def holds(text, variables):
    """Whether a condition holds; what is not known holds in no comparison."""
    if " or " in text:
        return any(holds(part, variables) for part in text.split(" or "))
    if " and " in text:
        return all(holds(part, variables) for part in text.split(" and "))
    found = _ONE.fullmatch(text)
    if not found:
        raise ValueError(f"the reference cannot read the condition {text}")
    value = look_up(found[1], variables)
    return value is not None and COMPARE[found[2]](value, plain(found[3]))


def look_up(path, variables):
    """The value of a dotted name, None when a part of it is missing."""
    value = variables
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def plain(text):
    """A value as it is written: a number, a text in quotes, yes or no."""
    if text in ("true", "false"):
        return text == "true"
    return text[1:-1] if text.startswith('"') else int(text)
