"""EC2's instance metadata on this machine, version 2 alone: without a token it says nothing."""

from __future__ import annotations

import secrets

from endpoint.answers import Answer
from endpoint.credential_server import CredentialServer
from endpoint.service import answer_with
from endpoint.signatures import Request

TOKEN_PATH = "/latest/api/token"
ROLES_PATH = "/latest/meta-data/iam/security-credentials/"
TOKEN_HEADER = "x-aws-ec2-metadata-token"
LONGEST_TOKEN_S = 21_600


class InstanceMetadata(CredentialServer):
    """role: the instance's, one a line, None for none. code: what is said about the keys."""

    role: str | None = "edge-role"
    code = "Success"
    token = ""

    def respond(self, request: Request) -> Answer:
        if request.path == TOKEN_PATH:
            return self._open_session(request)
        if request.method != "GET":
            return answer_with(405, "")
        if not self.token or request.header(TOKEN_HEADER) != self.token:
            return answer_with(401, "")
        if self.role is not None and request.path == ROLES_PATH:
            return answer_with(200, self.role)
        if self.role is not None and request.path == ROLES_PATH + self.role.partition("\n")[0]:
            if self.code != "Success":
                message = "EC2 cannot assume the role"
                return answer_with(200, {"Code": self.code, "Message": message})
            return answer_with(200, {"Code": "Success", "Type": "AWS-HMAC", **self.issue()})
        return answer_with(404, "")

    def _open_session(self, request: Request) -> Answer:
        if request.method != "PUT":
            return answer_with(405, "")
        lifetime_s = request.header(f"{TOKEN_HEADER}-ttl-seconds") or ""
        if not lifetime_s.isdecimal() or not 1 <= int(lifetime_s) <= LONGEST_TOKEN_S:
            return answer_with(400, "")
        self.token = secrets.token_urlsafe(40)
        return answer_with(200, self.token)
