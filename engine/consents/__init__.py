"""Consent to the emergency procedure: what its diagram asks of the desk's records."""
