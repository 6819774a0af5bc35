"""Notices: what the desk tells people, by letter and in the page, and what each of them wants to be told."""
