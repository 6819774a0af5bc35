"""The work of agents, leads and process owners."""

from flask import Blueprint

from web.pages.staff import (
    announcements,
    consents,
    incidents,
    lead,
    outages,
    phone,
    results,
    surveys,
    tickets,
    worklist,
)

ALL: tuple[Blueprint, ...] = (
    worklist.pages,
    tickets.pages,
    phone.pages,
    lead.pages,
    incidents.pages,
    announcements.pages,
    outages.pages,
    consents.pages,
    results.pages,
    surveys.pages,
)
