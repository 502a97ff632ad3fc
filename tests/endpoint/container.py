"""The credentials endpoint of containers on this machine, as ECS, EKS and Greengrass have one."""

from __future__ import annotations

from endpoint.answers import Answer, error_answer, json_answer
from endpoint.credential_server import CredentialServer
from endpoint.signatures import Request

PATH = "/v2/credentials/edge"


class ContainerCredentials(CredentialServer):
    """Answers GET PATH. authorization: the token that it demands, None for none."""

    authorization: str | None = None

    def respond(self, request: Request) -> Answer:
        if request.method != "GET" or request.path != PATH:
            return error_answer("ResourceNotFoundException", "no such credentials", status=404)
        if self.authorization not in (None, request.header("authorization")):
            return error_answer("AccessDeniedException", "another token", status=401)
        role = {"RoleArn": "arn:aws:iam::123456789012:role/edge"}
        return json_answer({**role, **self.issue()})
