"""The AWS IoT of the tests: who is let in, what is handed on, what goes wrong on request."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import sys
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import botocore.session
import pytest
import trustme

from iot_cloud import IotCloud, Thing
from iot_cloud.policies import is_allowed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DAY_S = 86_400


class Answer(NamedTuple):
    status: int
    code: str | None
    body: bytes
    date_s: float

    def json(self) -> Any:
        return json.loads(self.body)


def device(cloud: IotCloud, thing: Thing, protocol: str | None = "x-amzn-http-ca") -> Any:
    """`ask(method, path, document)`, with the thing's certificate."""
    context = ssl.create_default_context(cafile=cloud.ca_file)
    context.load_cert_chain(thing.cert_file, thing.key_file)
    if protocol:
        context.set_alpn_protocols([protocol])

    def ask(method: str, path: str, document: Any = None) -> Answer:
        body = None if document is None else json.dumps(document)
        return send(cloud.front.port, context, method, path, body)

    return ask


def send(
    port: int,
    context: ssl.SSLContext,
    method: str,
    path: str,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        date_s = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        return Answer(answer.status, answer.getheader("x-amzn-ErrorType"), answer.read(), date_s)
    finally:
        connection.close()


@pytest.fixture
def thing(iot: IotCloud, request: pytest.FixtureRequest) -> Thing:
    return iot.add_thing(f"front-{len(iot.client('iot').list_things()['things'])}")


@pytest.fixture
def ask(iot: IotCloud, thing: Thing) -> Any:
    return device(iot, thing)


def topic(thing: Thing) -> str:
    return f"/topics/edgemote%2F{thing.name}%2Fheartbeat?qos=1"


def shadow(thing: Thing, name: str = "?name=edgemote") -> str:
    return f"/things/{thing.name}/shadow{name}"


def jobs(thing: Thing, job: str = "$next") -> str:
    return f"/things/{thing.name}/jobs/{job}"


# Who is let in ----------------------------------------------------------------------------------


def test_a_certificate_is_enough(iot: IotCloud, thing: Thing, ask: Any) -> None:
    assert ask("POST", topic(thing), {"beat": 1}).json()["message"] == "OK"
    [passed] = iot.front.passed
    assert (passed.operation, passed.topic) == ("Publish", f"edgemote/{thing.name}/heartbeat")
    assert (passed.thing, passed.body) == (thing.name, {"beat": 1})
    assert (passed.peer.protocol, passed.peer.server_name) == ("x-amzn-http-ca", "localhost")
    assert not passed.request.header("authorization")
    assert iot.front.published() == [{"beat": 1}]


def test_no_certificate_and_a_stranger_s_end_the_handshake(iot: IotCloud, thing: Thing) -> None:
    anonymous = ssl.create_default_context(cafile=iot.ca_file)
    foreign = ssl.create_default_context(cafile=iot.ca_file)
    trustme.CA().issue_cert("a.example", common_name=thing.name).configure_cert(foreign)
    for context in (anonymous, foreign):
        with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
            send(iot.front.port, context, "POST", topic(thing), b"{}")
    assert iot.front.passed == []


def test_a_thing_may_not_touch_another_s(iot: IotCloud, thing: Thing, ask: Any) -> None:
    other = iot.add_thing(f"{thing.name}-other")
    iot.create_job(f"{other.name}-job", other, document={})
    for method, path in (
        ("POST", topic(other)),
        ("POST", shadow(other)),
        ("PUT", jobs(other)),
        ("GET", jobs(other, f"{other.name}-job")),
        ("POST", jobs(other, f"{other.name}-job")),
        # Its own, and not granted: least rights.
        ("POST", shadow(thing, "")),
        ("GET", shadow(thing)),
        ("GET", f"/things/{thing.name}/jobs"),
    ):
        answer = ask(method, path, {"status": "SUCCEEDED", "state": {}})
        assert (answer.status, answer.code) == (403, "ForbiddenException"), path
        assert "No policy allows" in answer.json()["message"]
    assert iot.describe(f"{other.name}-job", other)["status"] == "QUEUED"


def test_a_certificate_of_createkeysandcertificate(iot: IotCloud, thing: Thing) -> None:
    """Its common name says nothing; the thing that it is attached to does."""
    operator = iot.client("iot")
    made = operator.create_keys_and_certificate(setAsActive=True)
    cert_file, key_file = iot.folder / "made.pem", iot.folder / "made-key.pem"
    cert_file.write_text(made["certificatePem"])
    key_file.write_text(made["keyPair"]["PrivateKey"])
    ask = device(iot, thing._replace(cert_file=str(cert_file), key_file=str(key_file)))
    principal = made["certificateArn"]
    operator.attach_policy(policyName="edgemote-device", target=principal)
    assert ask("POST", topic(thing), {}).status == 403
    operator.attach_thing_principal(thingName=thing.name, principal=principal)
    assert ask("POST", topic(thing), {}).status == 200
    operator.update_certificate(certificateId=made["certificateId"], newStatus="INACTIVE")
    assert "not active" in ask("POST", topic(thing), {}).json()["message"]


def test_a_certificate_without_a_policy_may_do_nothing(iot: IotCloud, thing: Thing) -> None:
    bare = iot.add_certificate(thing.name, thing.arn, policy=None)
    assert device(iot, bare)("POST", topic(thing), {}).code == "ForbiddenException"


def test_port_443_takes_a_certificate_with_alpn_alone(iot: IotCloud, thing: Thing) -> None:
    iot.front.needs_alpn = True
    assert device(iot, thing)("POST", topic(thing), {}).status == 200
    for protocol in (None, "http/1.1"):
        assert device(iot, thing, protocol)("POST", topic(thing), {}).status == 403


def test_the_host_is_the_tls_name(iot: IotCloud, thing: Thing) -> None:
    context = ssl.create_default_context(cafile=iot.ca_file)
    context.load_cert_chain(thing.cert_file, thing.key_file)
    answer = send(iot.front.port, context, "POST", topic(thing), b"{}", {"Host": "127.0.0.1:1"})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("pattern", "resource", "allowed"),
    [
        ("topic/a/*", "topic/a/b/c", True),
        ("topic/a/?", "topic/a/bc", False),
        ("topic/${thing}/x", "topic/cam-7/x", True),
        ("topic/${thing}/x", "topic/cam-8/x", False),
        ("topic/${none}/x", "topic/${none}/x", False),
    ],
)
def test_policies(pattern: str, resource: str, allowed: bool) -> None:
    def document(effect: str, what: str) -> str:
        return json.dumps({"Statement": {"Effect": effect, "Action": "iot:*", "Resource": what}})

    documents = [document("Allow", pattern)]
    assert is_allowed(documents, "iot:Publish", resource, {"thing": "cam-7"}) is allowed
    assert not is_allowed(documents, "iotjobsdata:X", resource, {"thing": "cam-7"})
    documents.append(document("Deny", "*"))
    assert not is_allowed(documents, "iot:Publish", resource, {"thing": "cam-7"})


# What is handed on ------------------------------------------------------------------------------


def test_a_shadow(iot: IotCloud, thing: Thing, ask: Any) -> None:
    state = {"state": {"reported": {"text": "é"}}}
    assert ask("POST", shadow(thing), state).json()["version"] == 1
    found = iot.client("iot-data").get_thing_shadow(thingName=thing.name, shadowName="edgemote")
    assert json.load(found["payload"])["state"] == state["state"]


def test_a_job_and_its_presigned_url(iot: IotCloud, thing: Thing, ask: Any) -> None:
    placeholder = iot.put("models", "snow 1.4.tar.gz", b"0123456789")
    name = f"{thing.name}-job"
    iot.create_job(name, thing, document={"url": placeholder})
    execution = ask("PUT", jobs(thing), {}).json()["execution"]
    assert (execution["status"], execution["versionNumber"]) == ("IN_PROGRESS", 2)
    url = read_url(execution)
    assert fetch(iot, url).body == b"0123456789"
    assert fetch(iot, url, {"Range": "bytes=4-"})[::2] == (206, b"456789")
    assert fetch(iot, url.replace("Signature=", "Signature=0")).status == 403
    again = ask("GET", jobs(thing, name)).json()["execution"]
    iot.s3.expire_urls()
    for expired in (url, read_url(again)):
        assert b"Request has expired" in fetch(iot, expired).body
    # Within the same second, too.
    assert fetch(iot, read_url(ask("GET", jobs(thing, name)).json()["execution"])).status == 200


def test_ministack_s_own_urls_expire_in_the_same_way(iot: IotCloud, thing: Thing, ask: Any) -> None:
    placeholder = iot.put("models", "short.tar.gz", b"x")
    # botocore knows that AWS wants 60 s at least.
    iot.ask_ministack(
        "PUT",
        f"/jobs/{thing.name}-short",
        "iot",
        {
            "targets": [thing.arn],
            "document": json.dumps({"url": placeholder}),
            "presignedUrlConfig": {"roleArn": iot.presign_role, "expiresInSec": 1},
        },
    )
    url = read_url(ask("PUT", jobs(thing), {}).json()["execution"])
    end = time.monotonic() + 30
    while (answer := fetch(iot, url)).status == 200 and time.monotonic() < end:
        time.sleep(0.1)
    assert (answer.status, b"Request has expired" in answer.body) == (403, True)


def read_url(execution: Any) -> str:
    return str(json.loads(execution["jobDocument"])["url"])


def fetch(iot: IotCloud, url: str, headers: dict[str, str] | None = None) -> Answer:
    split = urlsplit(url)
    assert (split.scheme, split.netloc) == ("https", iot.s3.address)
    context = ssl.create_default_context(cafile=iot.ca_file)
    target = f"{split.path}?{split.query}"
    return send(split.port or 443, context, "GET", target, None, headers)


# The rules of executions, ministack's and those that it lacks -------------------------------------


def test_the_ends_of_an_execution(iot: IotCloud, thing: Thing, ask: Any) -> None:
    name = f"{thing.name}-end"
    iot.create_job(name, thing, document={})
    assert ask("PUT", jobs(thing), {}).json()["execution"]["jobId"] == name
    assert ask("PUT", jobs(thing), {}).json()["execution"]["versionNumber"] == 2
    iot.time_out(name, thing)
    assert ask("GET", jobs(thing, name))[:2] == (410, "TerminalStateException")
    late = ask("POST", jobs(thing, name), {"status": "SUCCEEDED"})
    assert late[:2] == (409, "InvalidStateTransitionException")
    assert ask("PUT", jobs(thing), {}).json() == {}
    assert ask("GET", jobs(thing, "none"))[:2] == (404, "ResourceNotFoundException")


def test_a_wrong_version_is_400_to_ministack_or_what_the_test_wants(
    iot: IotCloud, thing: Thing, ask: Any
) -> None:
    name = f"{thing.name}-version"
    iot.create_job(name, thing, document={})
    ask("PUT", jobs(thing), {})
    stale = {"status": "IN_PROGRESS", "expectedVersion": 1}
    assert ask("POST", jobs(thing, name), stale)[:2] == (400, "InvalidRequestException")
    iot.front.conflict = (409, "InvalidStateTransitionException")
    assert ask("POST", jobs(thing, name), stale)[:2] == iot.front.conflict


@pytest.mark.parametrize(
    "update",
    [
        {"statusDetails": {f"key-{number}": "x" for number in range(11)}},
        {"statusDetails": {"a b": "x"}},
        {"statusDetails": {"a": "x" * 1025}},
        {"statusDetails": {"a": "x\ny"}},
        {"stepTimeoutInMinutes": 0},
        {"stepTimeoutInMinutes": 10_081},
    ],
    ids=lambda update: f"{str(update)[:32]}",
)
def test_what_aws_refuses_and_ministack_takes(
    iot: IotCloud, thing: Thing, ask: Any, update: dict[str, Any]
) -> None:
    answer = ask("POST", jobs(thing, "any"), {"status": "IN_PROGRESS", **update})
    assert answer[:2] == (400, "InvalidRequestException")


def test_what_is_too_large(thing: Thing, ask: Any) -> None:
    assert ask("POST", topic(thing), "x" * (128 * 1024 - 2)).status == 200
    assert ask("POST", topic(thing), "x" * (128 * 1024 - 1)).status == 413
    assert ask("POST", shadow(thing), {"state": {"reported": {"a": "x" * 8192}}}).status == 413


def test_a_step_timeout_that_is_cancelled(iot: IotCloud, thing: Thing, ask: Any) -> None:
    """Ministack alone takes -1 for a time that is over."""
    name = f"{thing.name}-step"
    iot.create_job(name, thing, document={}, timeoutConfig={"inProgressTimeoutInMinutes": 5})
    assert ask("PUT", jobs(thing), {}).json()["execution"]["approximateSecondsBeforeTimedOut"]
    cancelled = {"status": "IN_PROGRESS", "stepTimeoutInMinutes": -1}
    assert ask("POST", jobs(thing, name), cancelled).status == 200
    execution = ask("GET", jobs(thing, name)).json()["execution"]
    assert "approximateSecondsBeforeTimedOut" not in execution


# What the operator asks -------------------------------------------------------------------------


def test_named_shadows_are_searched_where_they_are_indexed(iot: IotCloud, thing: Thing) -> None:
    session = botocore.session.Session()
    operator = session.create_client(
        "iot",
        region_name="us-west-2",
        endpoint_url=iot.operator_url,
        aws_access_key_id="test",
        aws_secret_access_key="any",
    )
    other = iot.add_thing(f"{thing.name}-b")
    for name, version in ((thing.name, "1.4"), (other.name, "1.5")):
        state = {"state": {"reported": {"models": {name: {"version": version}}}}}
        iot.client("iot-data").update_thing_shadow(
            thingName=name, shadowName="edgemote", payload=json.dumps(state).encode()
        )
    query = f"shadow.name.edgemote.reported.models.{thing.name}.version:1.4"
    config = {"thingIndexingMode": "REGISTRY_AND_SHADOW", "namedShadowIndexingMode": "ON"}
    operator.update_indexing_configuration(thingIndexingConfiguration=config)
    with pytest.raises(operator.exceptions.InvalidQueryException, match="not indexed"):
        operator.search_index(queryString=query)
    config["filter"] = {"namedShadowNames": ["edgemote"]}
    operator.update_indexing_configuration(thingIndexingConfiguration=config)
    for text, found in (
        (query, [thing.name]),
        (f"thingName:{thing.name} AND {query}", [thing.name]),
        (f"{query} AND thingName:{other.name}", []),
        (query.replace("1.4", "1.*"), [thing.name]),
        (query.replace("1.4", "1.5"), []),
        (query.replace(thing.name, other.name), []),
        (f"thingName:{thing.name}", [thing.name]),
    ):
        things = operator.search_index(queryString=text)["things"]
        assert [thing["thingName"] for thing in things] == found, text


# What goes wrong on request ---------------------------------------------------------------------


def test_a_lost_answer_to_a_request_that_was_heeded(iot: IotCloud, thing: Thing, ask: Any) -> None:
    name = f"{thing.name}-lost"
    iot.create_job(name, thing, document={})
    iot.front.faults.add("close-before-answer", operation="UpdateJobExecution")
    ask("PUT", jobs(thing), {})
    with pytest.raises((ConnectionError, http.client.HTTPException, ssl.SSLError)):
        ask("POST", jobs(thing, name), {"status": "SUCCEEDED"})
    assert iot.front.count("UpdateJobExecution") == 1
    assert iot.describe(name, thing)["status"] == "SUCCEEDED"


def test_errors_and_a_wrong_clock(iot: IotCloud, thing: Thing, ask: Any) -> None:
    iot.front.faults.add("unavailable", operation="Publish")
    assert ask("POST", topic(thing), {}).status == 503
    assert iot.front.published() == []
    iot.front.faults.add("wrong-clock", offset_s=DAY_S)
    assert ask("POST", topic(thing), {}).date_s > time.time() + DAY_S / 2
    answer = ask("HEAD", "/")
    assert (answer.status, abs(answer.date_s - time.time()) < DAY_S / 2) == (404, True)


def test_an_outage(iot: IotCloud, thing: Thing, ask: Any) -> None:
    iot.front.stop()
    try:
        with pytest.raises(ConnectionError):
            ask("POST", topic(thing), {})
    finally:
        iot.front.start()
    assert ask("POST", topic(thing), {}).status == 200


# The command ------------------------------------------------------------------------------------


def test_the_command_says_where_it_is_and_ends_in_good_order(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "iot_cloud", "--dir", str(tmp_path), "--verbose"]
    fault = ["--fault", "internal-error:operation=Publish"]
    environ = {"PYTHONPATH": str(Path(__file__).parent), "PATH": os.environ["PATH"]}
    output = tmp_path / "output"
    with output.open("wb") as log:
        process = subprocess.Popen([*command, *fault], env=environ, stdout=log)
    try:
        ready_file = tmp_path / "iot.json"
        end = time.monotonic() + 60
        while not ready_file.exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        facts = json.loads(ready_file.read_bytes())
        context = ssl.create_default_context(cafile=facts["ca_file"])
        context.load_cert_chain(facts["cert_file"], facts["key_file"])
        port = urlsplit(facts["endpoint_url"]).port or 0
        path = f"/topics/edgemote%2F{facts['thing']}%2Fheartbeat"
        assert send(port, context, "POST", path, b"{}").status == 500
        assert send(port, context, "POST", path, b"{}").status == 200
    finally:
        process.terminate()
        status = process.wait(60)
    assert (status, ready_file.exists()) == (0, False)
    assert "cam-7 Publish 2 B 200" in output.read_text()
    config = tomllib.loads((tmp_path / "edgemote.toml").read_text())
    assert config["cloud"] == {"kind": "iot", "endpoint": facts["endpoint_url"]}
