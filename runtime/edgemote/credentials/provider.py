"""What sources and the client share: the context of a search, and the two kinds of provider.

    def get(now_s: float) -> Credentials

is called before each request, with the time of the client's clock in POSIX seconds. It returns the
same object as long as the credentials have not changed, so that a signer can compare identities. It
raises CredentialsError if there are no valid credentials. It does not catch ClockSyncedError, after
which the caller calls it again with the synced time. A provider that uses the network has an
attribute `open_transport`, and one that calls a service `open_client`. If it is None, the first
client that uses the provider sets it.
"""

from __future__ import annotations

from _thread import allocate_lock
from typing import TYPE_CHECKING

from aws.errors import ValidationError
from aws.sigv4 import Credentials
from edgemote.errors import ClockSyncedError, ConnectError, CredentialsError, EdgemoteError
from edgemote.profiles import DEFAULT_PROFILE, choose_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    from edgemote.http.transport import Transport
    from edgemote.profiles import Section, SharedFiles

    class Provider(Protocol):
        """Source of the credentials for the next request."""

        def get(self, now_s: float, /) -> Credentials: ...

    # Takes the time in POSIX seconds; returns credentials, and when they expire, None for never.
    Fetch = Callable[[float], tuple[Credentials, float | None]]
    # Takes an origin, and as keyword arguments ca_file, cert_file, key_file and the others of
    # Transport. The defaults are those of the client.
    OpenTransport = Callable[..., Transport]
    # Takes a generated class, and as keyword arguments credentials and the others of `connect`. The
    # defaults are those of the client.
    OpenClient = Callable[..., Any]

REFRESH_AHEAD_S = 900.0  # before credentials expire; botocore's advisory timeout
REFRESH_SHARE = 0.25  # of their lifetime, if that is less: AWS's shortest lifetime is 900 s
RETRY_PAUSE_S = (
    60.0  # between two attempts to refresh while the source fails, unless it sets another pause
)

PROFILE_KEYS = ("aws_access_key_id", "aws_secret_access_key")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # with which some editors and shells begin UTF-8

_INFINITE_S = float("inf")


class SourceError(CredentialsError):
    """A source returned nothing usable; it is not asked again for `pause_s`."""

    def __init__(self, text: str, pause_s: float = RETRY_PAUSE_S) -> None:
        super().__init__(text)
        self.pause_s = pause_s


class ProviderContext:
    """What a source may use.

    Attributes:
        profile, profile_name: the profile that the caller chose, and the one that is used
        environ, shared: environment variables and shared files
        role_alias: the one in a device's configuration
        open_transport: see OpenTransport; None for a plain connection
        open_client: see OpenClient; None if services cannot be called
        misses: what the sources tried before lacked
        visited: the profiles that led here by their source_profile
    """

    __slots__ = (
        "_section",
        "environ",
        "misses",
        "open_client",
        "open_transport",
        "profile",
        "profile_name",
        "role_alias",
        "shared",
        "visited",
    )

    def __init__(
        self,
        profile: str | None,
        environ: Mapping[str, str],
        shared: SharedFiles,
        role_alias: Refreshing | None = None,
        open_transport: OpenTransport | None = None,
        open_client: OpenClient | None = None,
        visited: tuple[str, ...] = (),
    ) -> None:
        self.profile = profile
        self.profile_name = choose_profile(profile, environ) or DEFAULT_PROFILE
        self.environ = environ
        self.shared = shared
        self.role_alias = role_alias
        self.open_transport = open_transport
        self.open_client = open_client
        self.visited = (*visited, self.profile_name)
        self.misses: list[str] = []
        self._section: Section | None = None

    def has_variable(self, *names: str) -> bool:
        """Whether one of these environment variables is set, and not to an empty string."""
        return any(map(self.environ.get, names))

    def read_profile(self) -> Section:
        """Return the profile's keys in both files. Raises ConfigError for an unknown profile."""
        if self._section is None:
            self._section = self.shared.profile(choose_profile(self.profile, self.environ))
        return self._section


class Fixed:
    """Provider of credentials that do not change."""

    __slots__ = ("_credentials",)

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def get(self, now_s: float, /) -> Credentials:
        return self._credentials


class Checked:
    """A provider of the caller, which may return anything."""

    __slots__ = ("_provider",)

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def get(self, now_s: float, /) -> Credentials:
        found = self._provider.get(now_s)
        if not isinstance(found, Credentials):
            raise CredentialsError(
                "argument credentials: its get(now_s) returned "
                f"{type(found).__name__}, expected edgemote.Credentials"
            )
        return found


class Refreshing:
    """Provider of credentials that expire. They are fetched when they are first needed.

    One thread fetches at a time, while the others use the credentials that are still valid. After a
    failure, the source is not asked again for as long as its error says. `chain` is what the
    sources tried before this one lacked, for error messages.
    """

    __slots__ = (
        "__weakref__",
        "_asked_s",
        "_credentials",
        "_expires_s",
        "_failure",
        "_fetch",
        "_lock",
        "_pause_s",
        "_until_s",
        "chain",
        "open_transport",
    )

    def __init__(self, fetch: Fetch, open_transport: OpenTransport | None = None) -> None:
        self._fetch = fetch
        self.open_transport = open_transport
        self.chain: tuple[str, ...] = ()
        self._lock = allocate_lock()
        self._credentials: Credentials | None = None
        self._expires_s = -_INFINITE_S  # when they expire, as the source says
        self._until_s = -_INFINITE_S  # when to fetch again
        self._asked_s = -_INFINITE_S  # when the source last returned nothing usable ...
        self._pause_s = RETRY_PAUSE_S  # ... and how long it is not asked again
        self._failure: str | None = None
        from edgemote.http.connection import leave_at_fork

        leave_at_fork(self)

    def after_fork(self) -> None:
        """Have a lock of our own: a thread of the parent's may be fetching."""
        self._lock = allocate_lock()

    def get(self, now_s: float, /) -> Credentials:
        if now_s < self._until_s and self._credentials is not None:
            return self._credentials
        held = self._credentials if now_s < self._expires_s else None
        if not self._lock.acquire(held is None):
            assert held is not None  # otherwise we would have waited
            return held
        try:
            if now_s < self._until_s and self._credentials is not None:  # while we waited
                return self._credentials
            return self._refresh(now_s, held)
        finally:
            self._lock.release()

    def _refresh(self, now_s: float, held: Credentials | None) -> Credentials:
        # A clock that is set back must not make the pause last for years.
        if 0 <= now_s - self._asked_s < self._pause_s:
            if held is not None:
                return held
            if self._failure is not None:
                raise SourceError(self._failure, self._asked_s + self._pause_s - now_s)
            if self._credentials is not None:
                return self._credentials
        try:
            credentials, expires_s = self._fetch(now_s)
        except ClockSyncedError:
            raise  # the source has not failed
        except EdgemoteError as error:
            tell_chain(error, self.chain)
            self._asked_s = now_s
            self._pause_s = getattr(error, "pause_s", RETRY_PAUSE_S)
            self._failure = str(error)
            if held is None:
                raise
            # There is no hurry, and an attempt over a link that is down may take a long time.
            self._pause_s = max(self._pause_s, RETRY_PAUSE_S)
            return held
        self._failure = None
        self._pause_s = RETRY_PAUSE_S
        if credentials != self._credentials:
            self._credentials = credentials
        self._expires_s = _INFINITE_S if expires_s is None else expires_s
        lifetime_s = self._expires_s - now_s
        ahead_s = min(REFRESH_AHEAD_S, lifetime_s * REFRESH_SHARE)
        self._until_s = self._expires_s - (ahead_s if lifetime_s > 0 else REFRESH_AHEAD_S)
        # New credentials may seem to have expired because our clock is wrong. Use them: the
        # service's response will set the clock.
        self._asked_s = -_INFINITE_S if lifetime_s > 0 else now_s
        assert self._credentials is not None
        return self._credentials


def tell_chain(error: EdgemoteError, chain: Sequence[str]) -> None:
    """Add to an error what the sources tried before lacked."""
    if chain:
        before = "; ".join(chain)
        is_absent = isinstance(error.__cause__, ConnectError)  # as instance metadata on most boards
        error.args = (
            f"no credentials found; {before}; {error}"
            if is_absent
            else f"{error}; sources tried before: {before}",
        )


def has_keys(section: Section | None) -> bool:
    """Whether a profile's section in one file has keys, or half a pair of them."""
    return section is not None and any(key in section for key in PROFILE_KEYS)


def make_credentials(
    source: str, access_key_id: str, secret_access_key: str, session_token: str | None
) -> Credentials:
    """Return Credentials. Raises CredentialsError, which names the source, if they are invalid."""
    try:
        return Credentials(access_key_id, secret_access_key, session_token or None)
    except ValidationError as error:  # which shows no value
        raise CredentialsError(f"{source}: {error}") from None


def parse_expiration(source: str, text: str) -> float:
    """Return the POSIX seconds of an ISO 8601 time such as 2023-02-06T05:54:46Z, in UTC if it has
    no zone.
    """
    import datetime

    import msgspec

    try:
        moment = msgspec.convert(text, datetime.datetime)
    except (msgspec.ValidationError, ValueError):  # also for unpaired surrogates
        raise CredentialsError(
            f"{source}: expected a time like 2023-02-06T05:54:46Z, got another string"
        ) from None
    zone = moment.tzinfo or datetime.timezone.utc
    # From an epoch, because timestamp() and fromtimestamp() may fail where time_t has 32 bits.
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (moment.replace(tzinfo=zone) - epoch).total_seconds()
