"""The errors of a call that occur on the device.

An error that the service returned is an `aws.errors.ServiceError`, and invalid input from the
caller an `aws.errors.ValidationError`. All other errors of edgemote are `EdgemoteError`s. All of
them derive from `aws.errors.Error`, which is `edgemote.Error`.
"""

from aws.errors import Error


def describe_missing(feature: str) -> str:
    """Return the error message for a feature that the bundle does not contain; "" stands for roles,
    which are included with the client of AWS STS.
    """
    if not feature:
        return (
            "this bundle cannot assume roles: add sts:AssumeRole or sts:AssumeRoleWithWebIdentity "
            "to services of [tool.edgemote], and bundle again"
        )
    return (
        f"this bundle was made without {feature}: add --with {feature} to "
        f'`edgemote-codegen bundle`, or "{feature}" to features of [tool.edgemote]'
    )


class EdgemoteError(Error):
    """Base class of the errors that occur on the device."""


class ConfigError(EdgemoteError):
    """A setting is missing, unreadable or contradicts another one; the text names it and its
    source.
    """


class StateLockedError(EdgemoteError):
    """Another agent uses the folder; the text names the folder, and the process if it can."""


class CredentialsError(EdgemoteError):
    """No source had usable credentials. The text lists the sources that were tried, and never
    contains a secret.
    """


class TransportError(EdgemoteError):
    """The request or its response did not get through."""


class ConnectError(TransportError):
    """No connection: name resolution, TCP, proxy or TLS failed. Nothing of the request was sent."""


class ClockSyncedError(ConnectError):
    """The peer's certificate showed that the board's clock was wrong, and it has been synced.
    Nothing of the request was sent: sign again with the new time, and repeat the call.
    """


class ConnectionClosedError(TransportError):
    """The peer closed or reset the connection before the response was complete."""


class ReadTimeoutError(TransportError):
    """The peer was silent for longer than the read timeout."""


class ProtocolError(TransportError):
    """The peer's bytes are not an HTTP/1.1 response, or exceed a limit; the text says which."""


class DamagedBodyError(ProtocolError):
    """A response's body does not match the checksum that came with it."""
