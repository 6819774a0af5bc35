"""The runner for the public test kit of the decision standard (its format of test cases, not its cases)."""
