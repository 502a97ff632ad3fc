"""The floor, botocore and edgemote side by side in one run.

Times are the best of many interleaved rounds, so that a noisy machine disturbs all three alike;
what counts are the ratios. The floor is what nobody can leave out: the JSON by msgspec, two
SHA-256, one HMAC, without any check.
"""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from datetime import datetime, timezone

import msgspec

from aws.sagemaker_edge import EdgeMetric, GetDeploymentsResult, Model, SagemakerEdgeManager
from edgemote.http import Response
from oracle import Oracle

from .figures import best_us, row, verdict
from .protocols import CASES, make_caller, measure_case

NOW_S = 1_790_000_000.25


def metric(index: int) -> EdgeMetric:
    return EdgeMetric(
        Dimension=f"board/cpu{index}",
        MetricName=f"CpuTemp{index}",
        Value=51.5 + index,
        Timestamp=NOW_S,
    )


def heartbeat() -> dict:
    """1.9 kB: 8 agent metrics, 2 models with 4 metrics each."""
    models = [
        Model(
            ModelName=f"model{index}",
            ModelVersion="1.0",
            LatestSampleTime=NOW_S,
            LatestInference=NOW_S,
            ModelMetrics=[metric(number) for number in range(4)],
        )
        for index in range(2)
    ]
    return {
        "AgentVersion": "1.0",
        "DeviceName": "cam-7",
        "DeviceFleetName": "dock",
        "AgentMetrics": [metric(number) for number in range(8)],
        "Models": models,
    }


def as_boto3(value: object) -> object:
    """Structs as dicts and times as datetimes, as boto3's documentation has them."""
    if isinstance(value, msgspec.Struct):
        return {name: as_boto3(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {name: as_boto3(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_boto3(part) for part in value]
    return datetime.fromtimestamp(value, timezone.utc) if value == NOW_S else value


def deployments() -> bytes:
    """An answer with 20 definitions."""
    definitions = [
        {
            "ModelHandle": f"model-{index}",
            "S3Url": f"s3://bucket/models/model-{index}.tar.gz",
            "Checksum": {"Type": "SHA1", "Sum": "0123456789abcdef0123456789abcdef01234567"},
            "State": "DEPLOY",
        }
        for index in range(20)
    ]
    deployment = {"DeploymentName": "d", "Type": "Model", "Definitions": definitions}
    return msgspec.json.encode({"Deployments": [deployment]})


def make_client(answer: bytes) -> SagemakerEdgeManager:
    caller = make_caller(SagemakerEdgeManager, answer)
    return SagemakerEdgeManager(caller, caller.close)


def measure_requests() -> None:
    params = heartbeat()
    dicts = as_boto3(params)
    encoder = msgspec.json.Encoder()
    body, key = encoder.encode(params), b"k" * 32

    def floor() -> None:
        written = encoder.encode(params)
        hashlib.sha256(written).hexdigest()
        hashlib.sha256(body[:300]).hexdigest()
        hmac.digest(key, body[:130], "sha256").hex()

    client = make_client(b"{}")
    judge = Oracle("sagemaker-edge")
    times = best_us(
        floor=floor,
        structs=lambda: client.send_heartbeat(**params),
        dicts=lambda: client.send_heartbeat(**dicts),
        botocore=lambda: judge.stubbed_call("send_heartbeat", dicts),
    )
    print(f"one heartbeat of {len(body):,} bytes, network stubbed: parameters -> signed request")
    row("floor: msgspec encode, 2 SHA-256, 1 HMAC", times["floor"])
    row("edgemote, structs", times["structs"], times["floor"], times["botocore"])
    row("edgemote, boto3's dicts with datetimes", times["dicts"], times["floor"], times["botocore"])
    row("botocore", times["botocore"], times["floor"])
    verdict("structs, of the floor", times["structs"] / times["floor"], 1.3, most=True)
    verdict("structs, faster than botocore", times["botocore"] / times["structs"], 80)
    verdict("dicts, faster than botocore", times["botocore"] / times["dicts"], 25)


def measure_answers() -> None:
    answer = deployments()
    decoder = msgspec.json.Decoder(GetDeploymentsResult)
    service = SagemakerEdgeManager.service
    from aws.sagemaker_edge.client import GET_DEPLOYMENTS

    response = Response(200, {}, answer)
    judge = Oracle("sagemaker-edge")
    names = {"DeviceName": "cam-7", "DeviceFleetName": "dock"}
    empty = best_us(call=lambda: judge.stubbed_call("get_deployments", names))["call"]
    times = best_us(
        floor=lambda: decoder.decode(answer),
        edgemote=lambda: service.protocol.decode(GET_DEPLOYMENTS, response),
        botocore=lambda: judge.stubbed_call("get_deployments", names, answer),
    )
    times["botocore"] -= empty  # what its call costs without the answer
    print(f"\nanswer of GetDeployments, 20 definitions, {len(answer):,} bytes: bytes -> structs")
    row("floor: msgspec decode", times["floor"])
    row("edgemote", times["edgemote"], times["floor"], times["botocore"])
    row("botocore", times["botocore"], times["floor"])
    verdict("of bare msgspec", times["edgemote"] / times["floor"], 1.2, most=True)


_STARTS = {
    "floor: socket, ssl, msgspec, hashlib, hmac": (
        "import socket, ssl, msgspec, hashlib, hmac\nssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
    ),
    "edgemote": (
        "import edgemote\n"
        "from aws.sagemaker_edge import SagemakerEdgeManager\n"
        "edgemote.connect(SagemakerEdgeManager, region='us-west-2',"
        " credentials=edgemote.Credentials('AKIDEXAMPLE', 'secret'))\n"
        "import ssl; ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
    ),
    "botocore": (
        "import botocore.session\n"
        "botocore.session.Session().create_client('sagemaker-edge', region_name='us-west-2',"
        " aws_access_key_id='AKIDEXAMPLE', aws_secret_access_key='secret')\n"
        "import ssl; ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
    ),
}
_REPORT = (
    "import time\n"
    "used_ms = time.process_time() * 1e3\n"
    # Not ru_maxrss, which the parent's memory counts in.
    "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
    "print(used_ms, peak.split()[1])\n"
)


def measure_starts() -> None:
    spent = {name: float("inf") for name in ("bare", *_STARTS)}
    peak = dict.fromkeys(spent, 0)
    for _ in range(7):
        for name in spent:
            script = _STARTS.get(name, "") + _REPORT
            printed = subprocess.run(
                [sys.executable, "-c", script], capture_output=True, text=True, check=True
            ).stdout.split()
            spent[name] = min(spent[name], float(printed[0]))
            peak[name] = int(printed[1])
    print("\nnew process: imports, client and TLS context, no call")
    for name in spent:
        label = "bare Python" if name == "bare" else name
        print(f"  {label:44} {spent[name]:9.1f} ms CPU {peak[name]:9,} KiB peak")


if __name__ == "__main__":
    measure_requests()
    measure_answers()
    for case in CASES:
        measure_case(case)
    measure_starts()
