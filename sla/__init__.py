"""Promises about time: durations, calendars, clocks, alarms and the scheduler that ticks."""
