"""What everybody may come for, signed in or not."""

from flask import Blueprint

from web.pages.public import about, answers, catalogue, home, knowledge, objections, status

ALL: tuple[Blueprint, ...] = (
    about.pages,
    home.pages,
    catalogue.pages,
    knowledge.pages,
    status.pages,
    answers.pages,
    objections.pages,
)
