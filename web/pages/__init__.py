"""The pages, in rooms by whose work they are: one module for each part of the desk that people see."""

from flask import Blueprint

from web.pages import account, client, desk, staff

ALL: tuple[Blueprint, ...] = (*account.ALL, *client.ALL, *staff.ALL, *desk.ALL)
