"""What clients do: ask, answer, rate, object, take their data."""
