"""Dates, times, moments and durations: reading them, showing them, their parts, moving them."""

from feel.temporal.moving import elapsed, months_between, move
from feel.temporal.parts import part
from feel.temporal.reading import read_date, read_duration, read_literal, read_moment, read_time, read_zone
from feel.temporal.showing import show

__all__ = ["elapsed", "months_between", "move", "part", "read_date", "read_duration", "read_literal", "read_moment",
           "read_time", "read_zone", "show"]
