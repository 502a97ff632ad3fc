"""docs/fleet.md, carried out: the AWS CLI itself at a local AWS IoT, and an agent as the device."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iot_cloud import IotCloud, serve_iot
from judges.environment import prepare_environment
from pages.blocks import ROOT, cut_section, read_blocks
from pages.desk import Desk

PAGE = ROOT / "docs/fleet.md"
_CLI = ["awscli==1.46.3"]
MODEL = b"a model"
_CAPTURE = "captures/dock/cam-7/snow/2026/11/28/09/17-03-121.jsonl"


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The command that does what `aws` does."""
    program = Path(__file__).with_name("aws_process.py")
    path = tmp_path_factory.mktemp("aws") / "socket"
    server = subprocess.Popen(
        [str(prepare_environment("awscli", [_CLI])), "-I", str(program), "--serve", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin
    assert server.stdout
    try:
        assert server.stdout.readline() == b"ready\n"
        yield f"{sys.executable} -I -S {program} {path}"
    finally:
        server.stdin.close()
        server.wait(60)
        server.stdout.close()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[IotCloud]:
    """An account in which nothing has been set up."""
    with serve_iot(tmp_path / "cloud", empty=True) as cloud:
        yield cloud


@pytest.fixture
def fleet_desk(tmp_path: Path, cloud: IotCloud, cli: str) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(
        folder,
        {},  # the device has a certificate and nothing else
        {
            "123456789012": "000000000000",
            '"PREFIX-ats.iot.us-west-2.amazonaws.com"': f'"{cloud.endpoint_url}"',
        },
        ROOT / "generated",
        lambda: 0,
    )
    account = (
        f"AWS_ENDPOINT_URL={cloud.operator_url} AWS_DEFAULT_REGION=us-west-2 "
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=any AWS_EC2_METADATA_DISABLED=true"
    )
    desk.replace_program("aws", f'{account} exec {cli} "$@"')
    desk.write("/etc/edgemote/AmazonRootCA1.pem", Path(cloud.ca_file).read_text())
    shutil.copy(ROOT / "docs/examples/iot-policy.json", folder)
    (folder / "snow-net-1.4.tar.gz").write_bytes(MODEL)
    captures = cloud.client("s3")
    where = {"LocationConstraint": "us-west-2"}
    captures.create_bucket(Bucket="dock-captures", CreateBucketConfiguration=where)
    captures.put_object(Bucket="dock-captures", Key=_CAPTURE, Body=b"{}\n")
    bundle = folder / "opt/edgemote"
    bundle.mkdir()
    for part in (ROOT / "runtime/edgemote", *(ROOT / "runtime/device").iterdir()):
        (bundle / part.name).symlink_to(part)
    return desk


def run_section(desk: Desk, heading: str) -> list[str]:
    """What the commands of each block in a section write."""
    said = []
    for block in read_blocks(cut_section(PAGE.read_text(), heading)):
        if block.file:
            desk.write(block.file, block.text)
        if block.language == "sh":
            bash = ["bash", "-euo", "pipefail", "-c", desk.localize(block.text)]
            said.append(desk.run(bash, heading))
    return said


def read_values(text: str) -> list[Any]:
    """The JSON values that follow one another."""
    decoder, values = json.JSONDecoder(), []
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:]
    return values


def test_the_way_of_an_operator(fleet_desk: Desk, cloud: IotCloud) -> None:
    desk = fleet_desk
    run_section(desk, "Once for each account")
    *_, checked = run_section(desk, "For each device")
    assert "BAD" not in checked
    run_section(desk, "Deploy a model")
    [_, watched] = run_section(desk, "Watch it roll out")
    counts, executions, _ = read_values(watched)
    assert counts["numberOfSucceededThings"] == 1
    assert executions == [["arn:aws:iot:us-west-2:000000000000:thing/cam-7", "SUCCEEDED"]]
    [model] = (desk.folder / "var/lib/edgemote/models/snow/current").iterdir()
    assert model.read_bytes() == MODEL

    [asked] = run_section(desk, "Search the index")
    names, found = read_values(asked)
    assert names == [thing["thingName"] for thing in found["things"]] == ["cam-7"]
    state = json.loads((desk.folder / "state.json").read_text())["state"]["reported"]
    assert state["models"]["snow"]["version"] == "1.4"
    # The policy grants all that the agent asks for.
    assert {passed.answer.status for passed in cloud.front.passed} == {200}

    group = "arn:aws:iot:us-west-2:000000000000:thinggroup/dock"
    iot = cloud.client("iot")
    iot.create_job(jobId="snow-1-5", targets=[group], document="{}")
    run_section(desk, "Cancel a job")
    assert iot.describe_job(jobId="snow-1-5")["job"]["status"] == "CANCELED"

    [captured] = run_section(desk, "Read what devices captured")
    assert _CAPTURE in captured
    assert (desk.folder / "captures/2026/11/28/09/17-03-121.jsonl").read_bytes() == b"{}\n"
