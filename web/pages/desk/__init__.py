"""What keeps the desk itself: people, letters, files, its health."""

from flask import Blueprint

from web.pages.desk import catalogue_editor, diagrams, files, firm_register, health, letters, people

ALL: tuple[Blueprint, ...] = (
    people.pages,
    firm_register.pages,
    catalogue_editor.pages,
    letters.pages,
    files.pages,
    diagrams.pages,
    health.pages,
)
