"""The pages, in rooms by whose work they are: one module for each part of the desk that people see."""

from flask import Blueprint

from web.pages import account, api, client, desk, editors, public, staff

ALL: tuple[Blueprint, ...] = (*account.ALL, *api.ALL, *public.ALL, *client.ALL, *staff.ALL, *editors.ALL,
                               *desk.ALL)
