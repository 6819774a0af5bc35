"""The border to SpiffWorkflow: nothing outside this folder and engine.diagrams.run knows the library."""
