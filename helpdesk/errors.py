"""The one family of errors: the docstring is the message, the facts are attributes."""


class DeskError(Exception):
    """Something went wrong at the desk."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)
        super().__init__(self.sentence())

    @property
    def source(self) -> str:
        """The untranslated sentence, with {named} places for the facts."""
        return (type(self).__doc__ or "").strip().splitlines()[0]

    def sentence(self, translate: object = None) -> str:
        """The message for a person, in the language of `translate` (a gettext function)."""
        text = translate(self.source) if callable(translate) else self.source
        return str(text).format(**self.facts)


class NotAllowed(DeskError):
    """You are not allowed to do this."""


class NotFound(DeskError):
    """There is no such page, or it is not for you."""


class Conflict(DeskError):
    """Somebody else changed this in the meantime. What you wrote is kept; look at the current state and try again."""


class Invalid(DeskError):
    """{reason}"""
