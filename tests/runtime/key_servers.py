"""What the tests of sources that are asked over HTTP share."""

import traceback

import pytest

from edgemote.errors import CredentialsError
from edgemote.http.tls import client_context
from edgemote.http.transport import Transport


def refused(found, now_s=0.0):
    """The error's text; nothing of it, or of what led to it, may be a secret."""
    with pytest.raises(CredentialsError) as caught:
        found.get(now_s)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def open_directly(**changes):
    """Makes transports as a client does, with other time limits."""

    def open_transport(origin, *, ca_file=None, cert_file=None, key_file=None, **settings):
        return Transport(
            origin,
            tls=lambda: client_context(ca_file, cert_file=cert_file, key_file=key_file),
            **{**settings, **changes},
        )

    return open_transport
