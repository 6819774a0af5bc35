"""The border to SpiffWorkflow: nothing outside this folder and engine.run knows the library."""
