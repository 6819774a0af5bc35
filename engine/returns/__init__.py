"""Returns: a client comes back to a matter that has ended, and it goes on there or in a request linked to it."""
