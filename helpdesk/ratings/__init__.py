"""Ratings: what clients think of how their matter was dealt with, when they are asked, and what comes of it."""
