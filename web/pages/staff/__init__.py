"""The work of agents, leads and process owners."""

from flask import Blueprint

from web.pages.staff import incidents, lead, phone, tickets, worklist

ALL: tuple[Blueprint, ...] = (
    worklist.pages,
    tickets.pages,
    phone.pages,
    lead.pages,
    incidents.pages,
)
