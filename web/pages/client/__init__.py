"""What clients come for, signed in or not."""

from flask import Blueprint

from web.pages.client import catalogue, complaints, objections, requests

ALL: tuple[Blueprint, ...] = (
    catalogue.pages,
    requests.pages,
    complaints.pages,
    objections.pages,
)
