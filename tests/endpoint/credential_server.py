"""What the servers that hand out temporary keys share."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from time import gmtime, strftime

from endpoint.service import Service
from endpoint.signatures import Key, make_key


class CredentialServer(Service):
    """A Service that has keys. issue: makes the key that is valid until the POSIX seconds it is
    given, such as one that an Endpoint accepts: `lambda end_s: endpoint.add_key(temporary=True,
    expires_at_s=end_s)`. lifetime_s: of each key. issued: the keys, in order.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        issue: Callable[[float], Key] | None = None,
        lifetime_s: float = 3600.0,
        clock_offset_s: float = 0.0,
    ) -> None:
        super().__init__(host=host, port=port, tls=tls, clock_offset_s=clock_offset_s)
        self.lifetime_s = lifetime_s
        self.issued: list[Key] = []
        self._issue = issue or _issue

    def issue(self) -> dict[str, str]:
        """A new key, by the names that the answers of containers and instances have."""
        end_s = self.now_s() + self.lifetime_s
        key = self._issue(end_s)
        self.issued.append(key)
        return {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "Token": key.session_token or "",
            "Expiration": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(end_s)),
        }


def _issue(end_s: float) -> Key:
    return make_key(temporary=True, expires_at_s=end_s)
