"""What clients come for, signed in or not."""

from flask import Blueprint

from web.pages.client import (
    about,
    answers,
    catalogue,
    complaints,
    drafts,
    home,
    intake,
    knowledge,
    notices,
    objections,
    papers,
    ratings,
    remarks,
    requests,
    returns,
    services,
    status,
)

ALL: tuple[Blueprint, ...] = (
    about.pages,
    home.pages,
    catalogue.pages,
    services.pages,
    intake.pages,
    drafts.pages,
    requests.pages,
    papers.pages,
    returns.pages,
    complaints.pages,
    objections.pages,
    notices.pages,
    answers.pages,
    status.pages,
    ratings.pages,
    knowledge.pages,
    remarks.pages,
)
