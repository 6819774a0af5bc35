"""The processes that come with the desk: data only."""
