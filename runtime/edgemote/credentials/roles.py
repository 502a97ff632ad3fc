"""Credentials of an IAM role, from AWS STS: AssumeRole, and AssumeRoleWithWebIdentity.

STS is called with its generated client, so endpoints, retries and a wrong clock are handled as in
any other call. Profiles and the environment are interpreted as by botocore's AssumeRoleProvider
and AssumeRoleWithWebIdentityProvider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote import limits
from edgemote.credentials.http_source import (
    REQUEST_REFUSED_PAUSE_S,
    SERVER_FAILED_PAUSE_S,
    UNREACHED_PAUSE_S,
    check_text,
)
from edgemote.credentials.provider import (
    Refreshing,
    SourceError,
    make_credentials,
)
from edgemote.errors import ConfigError, CredentialsError, ProtocolError, TransportError

if TYPE_CHECKING:
    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import OpenClient, Provider


# STS grants no more, so that a later expiration is an error of an imitation, such as milliseconds.
LIFETIME_LIMIT_S = 43_200.0


class _Role(Refreshing):
    """Provider of a role's credentials. `source` signs the request; if it is None, the credentials
    come from the client's default search.
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
                f'{self.where}: the client of STS is missing: add "sts:{self.operation}" to '
                "services of [tool.edgemote], and generate or bundle again"
            )
        return found

    def _ask(self, now_s: float) -> tuple[Credentials, float]:
        if self.open_client is None:
            raise ConfigError(f"{self.where}: pass it to edgemote.connect or edgemote.Session")
        settings: dict[str, Any] = {}
        if now_s < self._expires_s:  # still valid: do not wait long; see limits.REFRESH_TIMEOUT_S
            names = ("connect_timeout_s", "timeout_s", "response_timeout_s")
            settings = {"retries": 0, **dict.fromkeys(names, limits.REFRESH_TIMEOUT_S)}
        params = {
            "RoleArn": self._role_arn,
            "RoleSessionName": f"edgemote-{int(now_s)}",
            **self._params,
        }
        secret, refused = self._add_secret(params), None
        client = self.open_client(self._find_client(), credentials=self._source, **settings)
        try:
            self._source = client._call.provider  # keep the result of a search
            response = getattr(client, self.method)(**params)
        except ServiceError as error:
            pause_s = REQUEST_REFUSED_PAUSE_S if error.status < 500 else SERVER_FAILED_PAUSE_S
            error.operation_name = ""  # the message already names the call
            refused = self._refuse(error, pause_s, secret)
        except TransportError as error:
            illegible = type(error) is ProtocolError
            pause_s = SERVER_FAILED_PAUSE_S if illegible else UNREACHED_PAUSE_S
            raise self._refuse(error, pause_s, secret) from error
        except CredentialsError as error:
            pause_s = getattr(error, "pause_s", SERVER_FAILED_PAUSE_S)
            raise SourceError(f"{self.where}: {error}", pause_s) from error
        except (EndpointError, ValidationError) as error:
            refused = self._refuse(error, REQUEST_REFUSED_PAUSE_S, secret)
        finally:
            client.close()
        if refused is not None:
            raise refused  # not in the handler: its context would quote the secret
        keys = response.Credentials
        if keys is None or not isinstance(keys.Expiration, float):
            raise SourceError(f"{self.where}: the response of {self.operation} has no credentials")
        found = make_credentials(
            self.where, keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken
        )
        return found, min(now_s + LIFETIME_LIMIT_S, keys.Expiration)

    def _add_secret(self, params: dict[str, Any]) -> str | None:
        """Add a secret to the parameters and return it, so that errors do not quote it."""
        return None

    def _refuse(self, error: Exception, pause_s: float, secret: str | None) -> SourceError:
        text = str(error)
        if secret and secret.strip():  # files of tokens may end in a line end, unlike quotations
            text = text.replace(secret.strip(), "...")
        return SourceError(f"{self.where}: {self.operation}: {text}", pause_s)


class AssumeRole(_Role):
    """Provider of a role's temporary credentials, from AWS STS.

    edgemote.connect(S3, credentials=edgemote.AssumeRole("arn:aws:iam::123456789012:role/upload"))

    Several clients can share it; region, time limits, clock and proxies are those of the first.

    Args:
        role_arn: ARN of the role
        source: credentials or a provider to sign the request with, such as edgemote.IotRoleAlias;
            by default, those that the client would use
        session_name: the name shown in CloudTrail; default: edgemote- and the time
        external_id: the external ID, if the role's trust policy requires one
        duration_s: 900 to 43,200, up to the role's own limit; default: 3,600
        policy: a policy in JSON that restricts the session

    Raises ConfigError, which names the argument, and CredentialsError if sts:AssumeRole was not
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
    """Provider of a role's temporary credentials, from AWS STS in exchange for a token in a file.

    The file is read at each fetch, so replace it to renew the token. The request is not signed.
    Several clients can share the provider, as with AssumeRole.

    Args:
        role_arn: ARN of the role
        token_file: path of the file with an OpenID Connect or OAuth 2.0 token
        session_name, duration_s, policy: see AssumeRole

    Raises the same errors as AssumeRole; the operation is sts:AssumeRoleWithWebIdentity.
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
            self,  # never used, since the request is not signed
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
