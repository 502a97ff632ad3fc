"""The data endpoint of AWS IoT for who has a certificate and signs nothing."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import NameOID

from endpoint.answers import Answer, error_answer
from endpoint.service import Peer, Service
from endpoint.signatures import Request
from iot_cloud.forwarding import REGION, Forwarder, sign
from iot_cloud.operations import Asked, adapt, find, judge
from iot_cloud.policies import is_allowed
from iot_cloud.storage import S3Front

ALPN = "x-amzn-http-ca"
ACCOUNT = "000000000000"
# Headers of the device that mean something to AWS IoT.
_PASSED_ON = ("content-type", "x-amz-mqtt5-")
_CONFLICT = re.compile(rb"Expected version \d+ but found version \d+")


class Passed(NamedTuple):
    """A request with its device, and the answer, before a fault spoilt that."""

    operation: str
    request: Request
    thing: str | None
    peer: Peer
    answer: Answer

    @property
    def topic(self) -> str:
        """The topic that was published to."""
        return unquote(self.request.path.removeprefix("/topics/"))

    @property
    def body(self) -> Any:
        """The request's, as JSON."""
        return json.loads(self.request.body)


class IotFront(Service):
    """Knows the certificate, its things and its policies from ministack's registry, refuses what
    AWS refuses, and hands the rest on.

    passed: what came, in order; watch: is told of each. needs_alpn: refuse who did not agree upon
    ALPN, as port 443 does. conflict: status and code of a wrong expectedVersion, which ministack
    answers with 400 InvalidRequestException; None leaves it so. The faults' `operation` is the
    API's name, such as "UpdateJobExecution", or with a status, "UpdateJobExecution FAILED".
    """

    def __init__(self, tls: ssl.SSLContext, ministack_url: str, registry: Any, s3: S3Front) -> None:
        super().__init__(tls=tls)
        self.passed: list[Passed] = []
        self.watch: Callable[[Passed], None] | None = None
        self.needs_alpn = False
        self.conflict: tuple[int, str] | None = None
        self._forwarder = Forwarder(ministack_url)
        self._registry = registry
        self._s3 = s3

    def reset(self) -> None:
        """As it was at the start; what passed is forgotten."""
        self.faults.clear()
        self.refusal = self.conflict = None
        self.clock_offset_s, self.needs_alpn = 0.0, False
        self.passed.clear()

    def published(self, topic: str | None = None) -> list[Any]:
        """The messages that were accepted, as JSON; of this topic alone."""
        return [
            passed.body
            for passed in list(self.passed)
            if passed.operation == "Publish"
            and passed.answer.status == 200
            and topic in (None, passed.topic)
        ]

    def count(self, operation: str, status: int = 200) -> int:
        """How many of this operation were answered so."""
        return sum(
            passed.operation == operation and passed.answer.status == status
            for passed in list(self.passed)
        )

    def list_names(self, request: Request) -> tuple[str, ...]:
        asked = find(request)
        name = asked.operation.name if asked else request.path
        if name != "UpdateJobExecution":
            return (name,)
        return name, f"{name} {json.loads(request.body or b'{}').get('status')}"

    def respond_to(self, request: Request, peer: Peer) -> Answer:
        thing = None
        asked = find(request)
        if asked is None:
            message = f"There is no operation {request.method} {request.path[:200]}."
            answer = error_answer("ResourceNotFoundException", message, status=404)
        else:
            things, refusal = self._authorize(asked, request, peer)
            thing = things[0] if things else None
            answer = refusal or judge(asked, request) or self._ask(asked, request)
        passed = Passed(self.list_names(request)[0], request, thing, peer, answer)
        self.passed.append(passed)
        if self.watch:
            self.watch(passed)
        return answer

    def _authorize(
        self, asked: Asked, request: Request, peer: Peer
    ) -> tuple[list[str], Answer | None]:
        """The certificate's things, and the refusal if it may not do this."""
        host = (request.header("host") or "").rpartition(":")[0]
        if peer.certificate is None or host != peer.server_name:
            return [], _forbid("The TLS name is another than the host.")
        if self.needs_alpn and peer.protocol != ALPN:
            return [], _forbid(f"A certificate needs ALPN {ALPN} on port 443.")
        certificate_id = hashlib.sha256(peer.certificate).hexdigest()
        try:
            described = self._registry.describe_certificate(certificateId=certificate_id)
        except self._registry.exceptions.ResourceNotFoundException:
            return [], _forbid("The certificate is not registered.")
        arn = described["certificateDescription"]["certificateArn"]
        if described["certificateDescription"]["status"] != "ACTIVE":
            return [], _forbid("The certificate is not active.")
        things = self._registry.list_principal_things(principal=arn)["things"]
        variables = {"iot:Connection.Thing.IsAttached": str(bool(things)).lower()}
        if things:
            variables["iot:Connection.Thing.ThingName"] = things[0]
        subject = x509.load_der_x509_certificate(peer.certificate).subject
        for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME):
            variables["iot:Certificate.Subject.CommonName"] = str(name.value)
        attached = self._registry.list_attached_policies(target=arn)["policies"]
        documents = [
            self._registry.get_policy(policyName=policy["policyName"])["policyDocument"]
            for policy in attached
        ]
        resource = f"arn:aws:iot:{REGION}:{ACCOUNT}:{asked.resource}"
        if not is_allowed(documents, asked.action, resource, variables):
            return things, _forbid(f"No policy allows {asked.action} on {asked.resource}.")
        return things, None

    def _ask(self, asked: Asked, request: Request) -> Answer:
        headers = {
            name: value for name, value in request.headers if name.lower().startswith(_PASSED_ON)
        }
        headers["Authorization"] = sign(asked.operation.scope)
        # Ministack's presigned URLs have the host that it is asked by, and http.
        headers["Host"] = self._s3.address
        answer = self._forwarder.forward(adapt(asked, request), headers)
        if asked.operation.name == "Publish" and answer.status == 200:
            body = json.dumps({"message": "OK", "traceId": str(uuid.uuid4())}).encode()
            return replace(answer, body=body)
        if self.conflict and answer.status == 400 and _CONFLICT.search(answer.body):
            status, code = self.conflict
            return error_answer(code, json.loads(answer.body)["message"], status=status)
        return replace(answer, body=self._s3.hand_out(answer.body.decode()).encode())


def _forbid(message: str) -> Answer:
    return error_answer("ForbiddenException", message, status=403)
