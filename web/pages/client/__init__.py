"""What clients come for when they are signed in: their requests, and what belongs to them."""

from flask import Blueprint

from web.pages.client import (
    complaints,
    consents,
    drafts,
    intake,
    notices,
    papers,
    ratings,
    remarks,
    requests,
    returns,
    services,
)

ALL: tuple[Blueprint, ...] = (
    services.pages,
    intake.pages,
    drafts.pages,
    requests.pages,
    consents.pages,
    papers.pages,
    returns.pages,
    complaints.pages,
    notices.pages,
    ratings.pages,
    remarks.pages,
)
