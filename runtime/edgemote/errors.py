"""What can go wrong on the device's side of a call.

What the service returned is an `aws.errors.ServiceError`; what was wrong with the caller's input is
an `aws.errors.ValidationError`. Everything else that edgemote raises on purpose is an
`EdgemoteError`. All of them are `aws.errors.Error`, which is `edgemote.Error`.
"""

from aws.errors import Error


class EdgemoteError(Error):
    """Root of the errors that edgemote raises by itself."""


class ConfigError(EdgemoteError):
    """A setting is missing, unreadable or contradicts another one; the text names it and its
    source.
    """


class StateLockedError(EdgemoteError):
    """Another agent works in the folder; the text names the folder, and the process if it can."""


class CredentialsError(EdgemoteError):
    """No source had usable credentials; the text names the sources that were asked. Never holds a
    secret.
    """


class TransportError(EdgemoteError):
    """The request or its response did not get through."""


class ConnectError(TransportError):
    """No connection: name resolution, TCP, proxy or TLS failed. Nothing of the request was sent."""


class ClockSyncedError(ConnectError):
    """The peer's certificate showed that the board's clock was wrong, and it has been synced.
    Nothing of the request was sent: what was signed with the old time must be signed anew.
    """


class ConnectionClosedError(TransportError):
    """The peer closed or reset the connection before the response was complete."""


class ReadTimeoutError(TransportError):
    """The peer was silent for longer than the read timeout."""


class ProtocolError(TransportError):
    """The peer's bytes are not an HTTP/1.1 response, or exceed a limit; the text says which."""


class DamagedBodyError(ProtocolError):
    """A response's body does not match the checksum that came with it."""
