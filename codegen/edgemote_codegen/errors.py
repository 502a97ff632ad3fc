"""The generator's errors. Each message says what to do."""


class CodegenError(Exception):
    """Shown to the user as one line; nothing has been written."""

    def __init__(self, text: str) -> None:
        # Text from models must not contain line breaks or control sequences for the terminal.
        super().__init__("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))


class ModelError(CodegenError):
    """The model cannot be read or contradicts itself.

    The text has the file and the JSON path of the error.
    """

    def __init__(self, origin: str, path: str, problem: str) -> None:
        super().__init__(f"{origin}: {path}: {problem}")


class UnsupportedError(CodegenError):
    """The model is valid, but needs something that is not supported."""


class EndpointRuleError(ValueError):
    """A rule set, or an operation's endpoint parameters, that cannot be compiled."""
