"""Where a request stands, told to its client in plain words: what, who, what next, until when and why."""
