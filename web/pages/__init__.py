"""One module for each part of the desk that people see."""

from flask import Blueprint

from web.pages import catalogue, diagrams, files, health, requests, signin

ALL: tuple[Blueprint, ...] = (
    signin.pages, catalogue.pages, requests.pages, diagrams.pages, files.pages, health.pages,
)
