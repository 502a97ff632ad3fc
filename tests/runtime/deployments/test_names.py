"""Hostile deployments: none leads out of the models folder, and each result can be reported."""

from __future__ import annotations

import os

from hypothesis import example, given
from hypothesis import strategies as st

from aws.sagemaker_edge import SagemakerEdgeManager
from aws.sagemaker_edge.client import SEND_HEARTBEAT
from edgemote.agent.cloud.edge import write_result
from edgemote.agent.deployments import states
from edgemote.agent.deployments.journal import Installed, Journal
from edgemote.agent.deployments.naming import check_handle, read_sha256, split_name, split_url
from edgemote.agent.deployments.plan import make_result, plan
from edgemote.agent.deployments.shapes import Definition, Deployment
from edgemote.agent.deployments.store import ModelFolder
from runtime.deployments.device import define, make

NASTY = st.text(st.sampled_from("./\\\0 -_aZ0\nä:%~"), max_size=12)
WORDS = st.none() | NASTY | st.text(max_size=80)
HANDLES = WORDS | st.sampled_from(["m", "n", "..", "current", ".partial"])
URLS = WORDS | st.builds("s3://{}/{}".format, NASTY, NASTY) | st.just("s3://bucket/m-1.0.tar.gz")
DEFINITIONS = st.builds(
    Definition,
    handle=HANDLES,
    url=URLS,
    checksum_type=WORDS | st.just("SHA1"),
    checksum=WORDS,
    state=WORDS | st.sampled_from(["DEPLOY", "UNDEPLOY"]),
)
DEPLOYMENTS = st.builds(
    Deployment,
    name=st.text(min_size=1, max_size=80),
    refusal=WORDS,
    policy=WORDS | st.sampled_from([states.ROLL_BACK, states.LEAVE]),
    definitions=st.lists(DEFINITIONS, max_size=5),
)


@given(DEPLOYMENTS)
@example(make("d", define("..", "s3://b/..")))
def test_nothing_leads_out(deployment):
    journal = Journal(installed=[Installed("n", "e1", "n.bin")])
    work = plan(deployment, journal, 1000.0)
    folder = ModelFolder("/models")
    for model in work.models:
        if model.state not in states.FIRST.values():
            continue
        paths = [folder.partial_path(model.handle)]
        if model.wish == "DEPLOY":
            paths.append(folder.file_path(model.handle, model.id or "e0", model.file))
        for path in paths:
            assert os.path.normpath(path) == path
            assert path.startswith("/models/")
            assert len(path.split("/")) == path.count("/") + 1 <= 5
    for model in work.models:
        model.state = model.state if model.state in states.ENDS else "skipped"
    check_reportable(make_result(work, 2000.0))


def check_reportable(result):
    params = {
        "AgentVersion": "1",
        "DeviceName": "d",
        "DeviceFleetName": "f",
        "DeploymentResult": write_result(result),
    }
    service = SagemakerEdgeManager.service
    assert service.protocol.encode(service, SEND_HEARTBEAT, params).body


def accepted(check, text):
    """What the check makes of the text, None where it refuses."""
    try:
        return check(text)
    except states.ModelError:
        return None


@given(HANDLES)
def test_handles_that_pass_are_the_apis(handle):
    passed = accepted(check_handle, handle)
    if passed is None:
        return
    assert passed == handle
    assert 1 <= len(passed) <= 63
    assert passed.replace("-", "").isalnum()
    assert passed.isascii()
    assert passed[0] != "-" != passed[-1]


@given(URLS)
def test_urls(url):
    parts = accepted(split_url, url)
    if parts is None:
        return
    bucket, key, file = parts
    assert url == f"s3://{bucket}/{key}"
    assert key.endswith(file)
    assert "/" not in file
    assert file not in (".", "..")


def test_files_may_have_any_name_that_a_folder_holds():
    for file in (
        *(
            "snow!v1*'(2).bin",
            "a~b&c;d:e.bin",
            " two  blanks ",
            ".hidden",
            "current",
            "schn\u00e9e.bin",
        ),
        *("\u96ea.tar.gz", "-rf", "a\\b", "x" * 255, "\u00e4" * 127),
    ):
        assert split_url(f"s3://bucket/folder/{file}") == ("bucket", f"folder/{file}", file)
    for file in (
        "",
        ".",
        "..",
        "a\0b",
        "a\nb",
        "a\x7fb",
        "a\x85b",
        "x" * 256,
        "\u00e4" * 128,
        "\ud800",
    ):
        assert accepted(split_url, f"s3://bucket/folder/{file}") is None


@given(st.text(max_size=300) | st.from_regex(r"[a-zA-Z0-9-]{0,10}-[a-z0-9._ ]{0,5}\.tar\.gz"))
def test_names_of_models_are_the_apis(file):
    name, version = split_name(file)
    if name is not None:
        assert 4 <= len(name) <= 255
        assert name.replace("-", "").isalnum()
        assert file.startswith(name + "-")
    if version is not None:
        assert 1 <= len(version) <= 64
        assert file == f"{name}-{version}.tar.gz"


def test_names_of_models():
    assert split_name("detector-v2-1.0.tar.gz") == ("detector-v2", "1.0")
    assert split_name("detector-1.0 beta.tar.gz") == ("detector", "1.0 beta")
    assert split_name("detector-1.0.zip") == (None, None)
    assert split_name("abc-1.0.tar.gz") == (None, None)  # the API wants four characters
    assert split_name("detector-1+0.tar.gz") == ("detector", None)


@given(st.none() | st.text(max_size=60))
def test_any_text_may_stand_where_a_hash_should(text):
    digest = read_sha256(text)
    assert digest is None or len(digest) == 64
