"""Load: many clients at once at one desk, as `make load` does it."""
