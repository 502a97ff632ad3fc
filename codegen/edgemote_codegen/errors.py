"""What the generator refuses. Every text says what to do about it."""


class CodegenError(Exception):
    """Shown to the user as one line; nothing has been written."""

    def __init__(self, text: str) -> None:
        # Models are other people's text: it stays in its line, and sends a terminal no commands.
        super().__init__("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))


class ModelError(CodegenError):
    """The model cannot be read or contradicts itself.

    The text has the file and the JSON path of the spot.
    """

    def __init__(self, origin: str, path: str, problem: str) -> None:
        super().__init__(f"{origin}: {path}: {problem}")


class UnsupportedError(CodegenError):
    """The model is sound, and asks for something that is not generated."""


class EndpointRuleError(ValueError):
    """A rule set, or an operation's endpoint parameters, that cannot be compiled."""
