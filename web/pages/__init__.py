"""One module for each part of the desk that people see."""

from flask import Blueprint

from web.pages import (
    catalogue,
    complaints,
    diagrams,
    files,
    health,
    incidents,
    lead,
    letters,
    objections,
    people,
    phone,
    requests,
    signin,
    tickets,
    worklist,
)

ALL: tuple[Blueprint, ...] = (
    signin.pages, catalogue.pages, requests.pages, complaints.pages, diagrams.pages, files.pages, health.pages,
    worklist.pages, tickets.pages, phone.pages,
    lead.pages, people.pages, letters.pages, objections.pages, incidents.pages,
)
