"""All of it together: ministack, its two fronts, things with certificates, and the operator."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import botocore.session

from aws_home import aws_home
from endpoint.certificates import AUTHORITY_FILE, load_authority, server_context, write_private
from endpoint.signatures import Request
from iot_cloud.forwarding import REGION, Forwarder, sign
from iot_cloud.front import ALPN, IotFront
from iot_cloud.operator_front import OperatorFront
from iot_cloud.storage import S3Front
from judges.ministack import BOOTSTRAP_KEY, serve

POLICY = "edgemote-device"
POLICY_FILE = Path(__file__).parents[2] / "docs/examples/iot-policy.json"
PRESIGN_ROLE = "edgemote-presign"
_IOT_MAY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "iot.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
_READ_MODELS = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"},
}


class Thing(NamedTuple):
    name: str
    arn: str
    certificate_arn: str
    cert_file: str
    key_file: str


class IotCloud:
    """
    Attributes:
        endpoint_url: of the data endpoint, for devices; `localhost:port` without its scheme
        ca_file: verifies it, and S3
        front, s3: what devices speak to, with their faults and records
        operator_url: for the operator; `client(service)` is botocore at ministack itself
        presign_role: ARN of a role for presigned URLs of any object
    """

    def __init__(
        self,
        folder: Path,
        ministack_url: str,
        make: Callable[[str], Any],
        front: IotFront,
        s3: S3Front,
    ) -> None:
        self.folder = folder
        self.ministack_url = ministack_url
        self.client = make
        self.front = front
        self.s3 = s3
        self.operator_url = ""
        self.ca_file = str(folder / AUTHORITY_FILE)
        self.presign_role = ""
        self._devices = load_authority(folder / "devices")

    @property
    def endpoint_url(self) -> str:
        return self.front.url

    def add_thing(self, name: str, *, policy: str | None = POLICY) -> Thing:
        """A thing with a certificate of its own, whose common name is the thing's."""
        iot = self.client("iot")
        arn = iot.create_thing(thingName=name)["thingArn"]
        return self.add_certificate(name, arn, policy=policy)

    def add_certificate(self, name: str, arn: str, *, policy: str | None = POLICY) -> Thing:
        """A new certificate for a thing that is there; the files of an older one are replaced."""
        iot = self.client("iot")
        issued = self._devices.issue_cert("device.example", common_name=name)
        certificate = issued.cert_chain_pems[0].bytes()
        cert_file, key_file = (self.folder / f"{name}{end}.pem" for end in ("", "-key"))
        write_private(key_file, issued.private_key_pem.bytes())
        write_private(cert_file, certificate)
        registered = iot.register_certificate_without_ca(
            certificatePem=certificate.decode(), status="ACTIVE"
        )
        principal = registered["certificateArn"]
        iot.attach_thing_principal(thingName=name, principal=principal)
        if policy:
            iot.attach_policy(policyName=policy, target=principal)
        return Thing(name, arn, principal, str(cert_file), str(key_file))

    def put(self, bucket: str, key: str, content: bytes) -> str:
        """Store an object; its placeholder in a job document."""
        s3 = self.client("s3")
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            where = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        s3.put_object(Bucket=bucket, Key=key, Body=content)
        url = f"https://s3.{REGION}.amazonaws.com/{bucket}/{quote(key)}"
        return f"${{aws:iot:s3-presigned-url-v2:{url}}}"

    def create_job(self, job_id: str, *targets: Thing | str, document: Any, **options: Any) -> None:
        """A job whose placeholders become URLs. targets: things, or ARNs."""
        self.client("iot").create_job(
            jobId=job_id,
            targets=[target if isinstance(target, str) else target.arn for target in targets],
            document=document if isinstance(document, str) else json.dumps(document),
            **{"presignedUrlConfig": {"roleArn": self.presign_role, "expiresInSec": 3600}}
            | options,
        )

    def describe(self, job_id: str, thing: Thing) -> dict[str, Any]:
        """The execution, as the operator sees it."""
        described = self.client("iot").describe_job_execution(jobId=job_id, thingName=thing.name)
        return dict(described["execution"])

    def ask_ministack(self, method: str, path: str, scope: str, document: Any) -> None:
        """What botocore would not send, because AWS refuses it and ministack does not look."""
        request = Request(method, path, (), json.dumps(document).encode())
        headers = {"Authorization": sign(scope), "Host": "localhost"}
        answer = Forwarder(self.ministack_url).forward(request, headers)
        assert answer.status == 200, answer

    def time_out(self, job_id: str, thing: Thing) -> None:
        """The execution's step timeout is over."""
        jobs = self.client("iot-jobs-data")
        where = {"thingName": thing.name, "jobId": job_id}
        details = jobs.describe_job_execution(**where)["execution"].get("statusDetails", {})
        # The API's minutes are whole ones.
        update = {"status": "IN_PROGRESS", "statusDetails": details, "stepTimeoutInMinutes": 1e-9}
        self.ask_ministack("POST", f"/things/{thing.name}/jobs/{job_id}", "iot-jobs-data", update)
        while self.describe(job_id, thing)["status"] != "TIMED_OUT":
            time.sleep(0.01)


@contextlib.contextmanager
def serve_iot(folder: Path, *, empty: bool = False) -> Iterator[IotCloud]:
    """A cloud without things; an empty one has no policy and no role either. `folder` takes all
    files of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        log_folder = folder / "ministack"
        log_folder.mkdir(exist_ok=True)
        ministack = stack.enter_context(serve(log_folder))
        make = _make_clients(ministack.endpoint_url)
        authority = load_authority(folder)
        devices = load_authority(folder / "devices")
        tls = server_context(
            authority,
            ("localhost", "127.0.0.1"),
            devices=devices,
            protocols=(ALPN, "http/1.1"),
        )
        tls.load_verify_locations(cadata=_read_authority(ministack.endpoint_url))
        plain = server_context(authority, ("localhost", "127.0.0.1"))
        s3 = stack.enter_context(S3Front(plain, ministack.endpoint_url))
        front = stack.enter_context(IotFront(tls, ministack.endpoint_url, make("iot"), s3))
        cloud = IotCloud(folder, ministack.endpoint_url, make, front, s3)
        if not empty:
            make("iot").create_policy(policyName=POLICY, policyDocument=POLICY_FILE.read_text())
            cloud.presign_role = _make_role(make("iam"))
        operator = OperatorFront(ministack.endpoint_url, make("iot"), make("iot-data"))
        cloud.operator_url = stack.enter_context(operator).url
        yield cloud


def _make_clients(url: str) -> Callable[[str], Any]:
    """`make(service)`: botocore, once for each service."""
    session = botocore.session.Session()
    made: dict[str, Any] = {}

    def make(service: str) -> Any:
        if service not in made:
            with aws_home():
                made[service] = session.create_client(
                    service,
                    region_name=REGION,
                    endpoint_url=url,
                    aws_access_key_id=BOOTSTRAP_KEY,
                    aws_secret_access_key="any",
                )
        return made[service]

    return make


def _make_role(iam: Any) -> str:
    role = iam.create_role(RoleName=PRESIGN_ROLE, AssumeRolePolicyDocument=json.dumps(_IOT_MAY))
    iam.put_role_policy(
        RoleName=PRESIGN_ROLE, PolicyName="models", PolicyDocument=json.dumps(_READ_MODELS)
    )
    return str(role["Role"]["Arn"])


def _read_authority(url: str) -> str:
    """Who signs the certificates that ministack makes."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/_ministack/iot/ca.pem", timeout=30) as answer:
        return str(answer.read().decode())
