"""A stand-in for the other systems, for the demo and the tests: invented accounts, and failures on demand."""
