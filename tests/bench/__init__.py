"""The bench: what the desk costs, with the plain library and the physical floor measured in the same run.

`make bench` runs all parts, `make bench PART=engine` one of them; nothing here is collected by pytest.
"""
