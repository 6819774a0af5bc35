"""Runs the diagrams. Every use case of the desk is a function here."""
