"""The pictures of the documentation: the demo desk on a fixed morning, looked at in headless Chromium.

`make pictures` takes them all; `make pictures ARGS="status drafts"` only those whose name holds one of the words.
"""
