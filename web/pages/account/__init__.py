"""One's own way in: signing in and out, and everything about one's own account."""

from flask import Blueprint

from web.pages.account import signin

ALL: tuple[Blueprint, ...] = (
    signin.pages,
)
