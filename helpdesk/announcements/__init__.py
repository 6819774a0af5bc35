"""Announcements: failures, difficulties, planned breaks, changes and information, from the draft to the archive."""
