"""Credentials of an IAM role, from AWS STS: AssumeRole, and AssumeRoleWithWebIdentity.

STS is called by its generated client, so that endpoints, retries and a wrong clock are treated as
in any other call. botocore's AssumeRoleProvider and AssumeRoleWithWebIdentityProvider are the
judges of what a profile and the environment mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote import limits
from edgemote.credentials import PROFILE_SOURCES, ROLES, SOURCES, find_in
from edgemote.credentials.http_source import (
    REQUEST_REFUSED_PAUSE_S,
    SERVER_FAILED_PAUSE_S,
    UNREACHED_PAUSE_S,
    check_text,
)
from edgemote.credentials.provider import (
    PROFILE_KEYS,
    ProviderContext,
    Refreshing,
    SourceError,
    make_credentials,
)
from edgemote.errors import ConfigError, CredentialsError, ProtocolError, TransportError

if TYPE_CHECKING:
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenClient, Provider
    from edgemote.profiles import Section

# What a profile's credential_source names -> the module of SOURCES.
_NAMED_SOURCES = {
    "Environment": "environment",
    "Ec2InstanceMetadata": "instance",
    "EcsContainer": "container",
}
_TOKEN_FILE = "web_identity_token_file"
# Keys of a profile for a web identity -> the variables that come first.
_WEB_IDENTITY = {
    _TOKEN_FILE: "AWS_WEB_IDENTITY_TOKEN_FILE",
    "role_arn": "AWS_ROLE_ARN",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
}


def find(context: ProviderContext) -> Provider:
    """Provider of the role that a profile or the environment names.

    Raises ConfigError for a profile that does not exist, and CredentialsError for what cannot be
    meant: a circle of profiles, a source without keys, half of what is needed.
    """
    section = context.read_profile()
    is_chained = "role_arn" in section and _TOKEN_FILE not in section
    found = _find_chained(context, section) if is_chained else _find_web_identity(context, section)
    found.open_client = context.open_client
    return found


def _find_chained(context: ProviderContext, section: Section) -> AssumeRole:
    name = f"profile {context.profile_name!r}"
    if "mfa_serial" in section:
        raise CredentialsError(
            f"{name} sets mfa_serial: nobody on the device can type the code; use a role whose "
            "trust policy asks for none"
        )
    keys = ("source_profile", "credential_source")
    given = [key for key in keys if key in section]
    if len(given) != 1:
        raise CredentialsError(
            f"{name} sets role_arn, which needs {' or '.join(keys)}; it has "
            f"{'both' if given else 'neither'}"
        )
    find_source = _find_in_profile if given == ["source_profile"] else _find_named
    source = find_source(context, _read(name, section, given[0]), name)
    duration = _read(name, section, "duration_seconds")
    if duration and not duration.isdecimal():
        raise ConfigError(f"{name}: duration_seconds: expected a number of seconds")
    found = AssumeRole(
        _read(name, section, "role_arn"),
        source,
        session_name=_read(name, section, "role_session_name") or None,
        external_id=_read(name, section, "external_id") or None,
        duration_s=int(duration) if duration else None,
    )
    found.where += f" of {name}"
    return found


def _find_in_profile(context: ProviderContext, wanted: str, name: str) -> Provider:
    inner = ProviderContext(
        wanted,
        context.environ,
        context.shared,
        open_transport=context.open_transport,
        open_client=context.open_client,
        visited=context.visited,
    )
    where = f"{name}: source_profile {wanted!r}"
    try:
        section = inner.read_profile()
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    has_keys = any(key in section for key in PROFILE_KEYS)
    # A profile may have keys beside its role, and name itself for them.
    is_own = wanted == context.profile_name and has_keys
    if wanted in context.visited and not is_own:
        circle = " -> ".join(inner.visited)
        raise CredentialsError(f"{where}: the profiles refer to each other in a circle: {circle}")
    rows = PROFILE_SOURCES if has_keys and _TOKEN_FILE not in section else (ROLES, *PROFILE_SOURCES)
    try:
        return find_in(inner, rows)
    except CredentialsError as error:
        raise CredentialsError(f"{where}: {error}") from None


def _find_named(context: ProviderContext, wanted: str, name: str) -> Provider:
    module = _NAMED_SOURCES.get(wanted)
    where = f"{name}: credential_source {wanted!r:.80}"
    if module is None:
        raise CredentialsError(f"{where}: expected one of {', '.join(_NAMED_SOURCES)}")
    inner = ProviderContext(
        None,
        context.environ,
        context.shared,
        open_transport=context.open_transport,
        open_client=context.open_client,
    )
    try:
        return find_in(inner, [row for row in SOURCES if row[0] == module])
    except CredentialsError as error:
        raise CredentialsError(f"{where}: {error}") from None


def _find_web_identity(context: ProviderContext, section: Section) -> WebIdentity:
    name = f"profile {context.profile_name!r}"
    found = {}
    for key, variable in _WEB_IDENTITY.items():
        value = context.environ.get(variable) if context.profile is None else None
        found[key] = value or _read(name, section, key)
    for key, other in ((_TOKEN_FILE, "role_arn"), ("role_arn", _TOKEN_FILE)):
        if not found[key]:
            raise CredentialsError(
                f"web identity: set {key} in {name}, or {_WEB_IDENTITY[key]} where no profile is "
                f"an argument: it is required when {other} is set"
            )
    return WebIdentity(
        found["role_arn"], found[_TOKEN_FILE], session_name=found["role_session_name"] or None
    )


def _read(where: str, section: Section, key: str) -> str:
    value = section.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key}: expected a string, got {type(value).__name__}")
    return value


class _Role(Refreshing):
    """Provider of a role's keys. `source` signs the request; where it is None and a signature is
    needed, the client's usual search finds one.
    """

    __slots__ = ("_params", "_role_arn", "_source", "open_client", "where")

    operation: str
    method: str

    def __init__(
        self, role_arn: str, source: Provider | Credentials | None, where: str, **params: Any
    ) -> None:
        super().__init__(self._ask)
        check_text("role_arn", role_arn)
        self._role_arn = role_arn
        self.open_client: OpenClient | None = None
        self._source = source
        self.where = where
        self._params = {name: value for name, value in params.items() if value is not None}
        self._find_client()

    def __repr__(self) -> str:
        return f"<{self.where}>"

    def _find_client(self) -> Any:
        try:
            from aws.sts import STS
        except ModuleNotFoundError as error:
            if error.name != "aws.sts":
                raise
            found = None
        else:
            found = getattr(STS, self.method, None) and STS
        if found is None:
            raise CredentialsError(
                f'{self.where}: there is no client for it: add "sts:{self.operation}" to services '
                "of [tool.edgemote], and generate or bundle again"
            )
        return found

    def _ask(self, now_s: float) -> tuple[Credentials, float]:
        if self.open_client is None:
            raise ConfigError(f"{self.where}: pass it to edgemote.connect or edgemote.Session")
        settings: dict[str, Any] = {}
        if now_s < self._expires_s:  # nobody is in a hurry; see limits.REFRESH_TIMEOUT_S
            names = ("connect_timeout_s", "timeout_s", "response_timeout_s")
            settings = {"retries": 0, **dict.fromkeys(names, limits.REFRESH_TIMEOUT_S)}
        params = {
            "RoleArn": self._role_arn,
            "RoleSessionName": f"edgemote-{int(now_s)}",
            **self._params,
        }
        secret = self._add_secret(params)
        client = self.open_client(self._find_client(), credentials=self._source, **settings)
        try:
            self._source = client._call.provider  # of a search, what it found
            response = getattr(client, self.method)(**params)
        except ServiceError as error:
            pause_s = REQUEST_REFUSED_PAUSE_S if error.status < 500 else SERVER_FAILED_PAUSE_S
            raise self._refuse(error, pause_s, secret) from None
        except TransportError as error:
            illegible = type(error) is ProtocolError
            pause_s = SERVER_FAILED_PAUSE_S if illegible else UNREACHED_PAUSE_S
            raise self._refuse(error, pause_s, secret) from error
        except CredentialsError as error:
            pause_s = getattr(error, "pause_s", SERVER_FAILED_PAUSE_S)
            raise SourceError(f"{self.where}: {error}", pause_s) from error
        except (EndpointError, ValidationError) as error:
            raise self._refuse(error, REQUEST_REFUSED_PAUSE_S, secret) from None
        finally:
            client.close()
        keys = response.Credentials
        if keys is None or not isinstance(keys.Expiration, float):
            raise SourceError(f"{self.where}: the response of {self.operation} has no credentials")
        found = make_credentials(
            self.where, keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken
        )
        return found, keys.Expiration

    def _add_secret(self, params: dict[str, Any]) -> str | None:
        """Complete the parameters; what no error may quote."""
        return None

    def _refuse(self, error: Exception, pause_s: float, secret: str | None) -> SourceError:
        text = str(error)
        if secret:
            text = text.replace(secret, "...")
        return SourceError(f"{self.where}: {self.operation}: {text}", pause_s)


class AssumeRole(_Role):
    """Provider of a role's temporary keys, which AWS STS gives to who may assume it.

    edgemote.connect(S3, credentials=edgemote.AssumeRole("arn:aws:iam::123456789012:role/upload"))

    One may serve several clients; region, time limits, clock and proxies are those of the first.

    Args:
        role_arn: ARN of the role
        source: credentials or a provider to sign the request with, such as edgemote.IotRoleAlias;
            by default those that the client would use
        session_name: as CloudTrail shows it; default: edgemote- and the time
        external_id: where the role's trust policy asks for one
        duration_s: 900 to 43,200, up to the role's own limit; default: 3,600
        policy: a policy in JSON that restricts the session

    Raises ConfigError that names the argument, and CredentialsError where sts:AssumeRole was not
    generated. `get` raises CredentialsError.
    """

    __slots__ = ()

    operation = "AssumeRole"
    method = "assume_role"

    def __init__(
        self,
        role_arn: str,
        source: Provider | Credentials | None = None,
        *,
        session_name: str | None = None,
        external_id: str | None = None,
        duration_s: int | None = None,
        policy: str | None = None,
    ) -> None:
        super().__init__(
            role_arn,
            source,
            f"role {role_arn}",
            RoleSessionName=session_name,
            ExternalId=external_id,
            DurationSeconds=duration_s,
            Policy=policy,
        )


class WebIdentity(_Role):
    """Provider of a role's temporary keys, which AWS STS gives for the token in a file.

    The file is read at each fetch, so whoever renews the token replaces it. The request is not
    signed. One may serve several clients, as an AssumeRole.

    Args:
        role_arn: ARN of the role
        token_file: with a token of OpenID Connect or OAuth 2.0
        session_name, duration_s, policy: see AssumeRole

    Raises as AssumeRole; what is missing is sts:AssumeRoleWithWebIdentity then.
    """

    __slots__ = ("_token_file",)

    operation = "AssumeRoleWithWebIdentity"
    method = "assume_role_with_web_identity"

    def __init__(
        self,
        role_arn: str,
        token_file: str,
        *,
        session_name: str | None = None,
        duration_s: int | None = None,
        policy: str | None = None,
    ) -> None:
        check_text("token_file", token_file)
        super().__init__(
            role_arn,
            self,  # is never asked: nothing is signed
            f"web identity for role {role_arn}",
            RoleSessionName=session_name,
            DurationSeconds=duration_s,
            Policy=policy,
        )
        self._token_file = token_file

    def _add_secret(self, params: dict[str, Any]) -> str:
        from edgemote.credentials.token_file import read_token

        params["WebIdentityToken"] = token = read_token(
            f"{self.where}: the token file", self._token_file
        )
        return token
