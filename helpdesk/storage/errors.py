"""What can go wrong with the bytes of a file; who adds the file tells it with the file's name."""


class Full(Exception):
    """There is no room."""


class Unreachable(Exception):
    """The store, or the scanner before it, does not answer as it should; `what` names which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class FoundVirus(Exception):
    """The scanner knows the bytes as harmful; `name` is what it calls them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
