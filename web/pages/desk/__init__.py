"""What keeps the desk itself: people, letters, files, its health."""

from flask import Blueprint

from web.pages.desk import diagrams, files, health, letters, people

ALL: tuple[Blueprint, ...] = (
    people.pages,
    letters.pages,
    files.pages,
    diagrams.pages,
    health.pages,
)
