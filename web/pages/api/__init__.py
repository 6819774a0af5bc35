"""What programs come for: the interface, and the page on which people let programs in."""

from flask import Blueprint

from web.pages.api import programs, requests

ALL: tuple[Blueprint, ...] = (
    requests.pages,
    programs.pages,
)
