"""Complaints: a client disputes a solution, and somebody who took no part in it decides."""
