"""One's own way in: signing in and out, and everything about one's own account."""

from flask import Blueprint

from web.pages.account import (
    data,
    factors,
    firms,
    invitations,
    oidc,
    overview,
    passkeys,
    password,
    register,
    sessions,
    signin,
)

ALL: tuple[Blueprint, ...] = (
    signin.pages,
    register.pages,
    password.pages,
    overview.pages,
    sessions.pages,
    factors.pages,
    passkeys.pages,
    oidc.pages,
    data.pages,
    firms.pages,
    invitations.pages,
)
