"""What clients come for, signed in or not."""

from flask import Blueprint

from web.pages.client import catalogue, complaints, intake, objections, requests

ALL: tuple[Blueprint, ...] = (
    catalogue.pages,
    intake.pages,
    requests.pages,
    complaints.pages,
    objections.pages,
)
