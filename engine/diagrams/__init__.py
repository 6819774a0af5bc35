"""Diagrams: read, refused or brought to life. Knows no database and no clock."""
