"""The question sheets of human steps: what may be asked, how it is shown, and whether the answers are valid."""
