"""People of the desk: accounts and teams, signing in, and who may do what."""
