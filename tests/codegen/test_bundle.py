"""The bundle: the same bytes twice, whole or refused, and running with nothing but a python3."""

from __future__ import annotations

import ast
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote_codegen.bundle import Contents, collect_files
from edgemote_codegen.bundle.completeness import Settings, check_completeness
from edgemote_codegen.bundle.msgspec_builds import TOMLI_VERSION, unpack_archive
from edgemote_codegen.bundle.runtime import find_build_time, read_version
from edgemote_codegen.bundle.sources import strip_docs
from edgemote_codegen.endpoints import Reduction
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.generation import make_service
from edgemote_codegen.ir import Selection
from edgemote_codegen.needs import FEATURES, OPTIONAL_MODULES
from edgemote_codegen.protocols import PROTOCOLS
from edgemote_codegen.tasks import Task
from runtime.deployments.signing import make_key, write_public

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "runtime/edgemote"
DEVICE_FILES = {".json", ".toml", ".service", ""}  # licences have no suffix
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
SCRIPT = """
import edgemote, sys
from aws.sagemaker_edge import EdgeMetric, SagemakerEdgeManager
edge = edgemote.connect(SagemakerEdgeManager, region="us-west-2", endpoint_url="http://127.0.0.1:1",
    credentials=edgemote.Credentials("AKIDEXAMPLE", "secret"), retries=0)
for params in ({}, {"AgentVersion": "1", "DeviceName": "d", "DeviceFleetName": "f"}):
    try:
        edge.send_heartbeat(**params)
    except (edgemote.ValidationError, edgemote.ConnectError) as error:
        print(type(error).__name__)
"""


# Half of the work of a bundle, which is not what most tests look at.
UNSTRIPPED = "--docs"


def make(
    out: Path, *options: str, target: str = "amd64", path: str | None = None, home: Path = ROOT
) -> Path:
    command = [sys.executable, "-m", "edgemote_codegen", "bundle", "--target", target]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'codegen'}:{ROOT / 'runtime'}"}
    if path is not None:
        environment["PATH"] = path
    done = subprocess.run(
        [*command, "--out", str(out), *options],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    assert "packed" in done.stdout
    return out / f"edgemote-{target}"


def test_the_time_of_a_build_is_that_of_its_source(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    committed = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert find_build_time() == int(committed or 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764000000")
    assert find_build_time() == 1_764_000_000


def run(bundle: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A python3 with the standard library, and the bundle."""
    own = {"PYTHONPATH": str(bundle), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nowhere"}
    environment = own | variables
    return subprocess.run(
        [sys.executable, "-S", "-s", *arguments], env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bundle"), "--python", HERE)


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    again = make(tmp_path, "--python", HERE)
    archives = [folder.with_name(f"{folder.name}.tar.gz") for folder in (bundle, again)]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_the_archive_holds_the_folder(bundle: Path, tmp_path: Path) -> None:
    unpack_archive(bundle.with_name(f"{bundle.name}.tar.gz"), tmp_path)
    unpacked = tmp_path / bundle.name
    names = {path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()}
    assert names == {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    assert run(unpacked, "-m", "edgemote", "--verify").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--docs",), ("--bytecode",), ("--bytecode", "--docs")])
def test_it_runs_with_nothing_else(options: tuple[str, ...], bundle: Path, tmp_path: Path) -> None:
    folder = make(tmp_path, "--python", HERE, *options) if options else bundle
    done = run(folder, "-c", SCRIPT)
    assert done.stdout.split() == ["ValidationError", "ConnectError"], done.stderr
    assert run(folder, "-m", "edgemote", "--verify").returncode == 0
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert kinds == {".pyc" if "--bytecode" in options else ".py", ".so", *DEVICE_FILES}


REDUCED = """
import edgemote
from aws.s3 import S3
from aws.sagemaker_edge import SagemakerEdgeManager
keys = edgemote.Credentials("AKIDEXAMPLE", "secret")
for region, options in (
    ("us-west-2", {}), ("eu-west-1", {}),
    ("us-west-2", {"use_fips": True}), ("us-west-2", {"use_dual_stack": True}),
):
    edge = edgemote.connect(SagemakerEdgeManager, region=region, credentials=keys, **options,
        endpoint_url="http://127.0.0.1:1", retries=0)
    s3 = edgemote.connect(S3, region=region, credentials=keys, **options, retries=0,
        endpoint_url="http://127.0.0.1:1")
    for call in (
        lambda: edge.get_deployments(DeviceName="d", DeviceFleetName="f"),
        lambda: s3.head_object(Bucket="bucket", Key="k"),
    ):
        try:
            call()
        except (edgemote.EndpointError, edgemote.ConnectError) as error:
            print(type(error).__name__, str(error).partition(":")[0].partition(";")[0])
"""


def test_a_bundle_for_a_region_refuses_what_was_left_out(tmp_path: Path) -> None:
    options = ("--region", "us-west-2", "--no-fips", "--no-dual-stack", "--python", HERE)
    done = run(make(tmp_path, *options, UNSTRIPPED), "-c", REDUCED)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        *["ConnectError 127.0.0.1"] * 2,
        *["EndpointError This client was generated for other regions"] * 2,
        *["EndpointError This client was generated with --no-fips"] * 2,
        *["EndpointError This client was generated with --no-dual-stack"] * 2,
    ]


ARN = "arn:aws:s3:us-west-2:123456789012:accesspoint/a"
ARN_ASKED = f"""
import edgemote
from aws.s3 import S3
s3 = edgemote.connect(S3, region="us-west-2", retries=0, connect_timeout_s=1,
    credentials=edgemote.Credentials("AKIDEXAMPLE", "secret"), endpoint_url="http://127.0.0.1:1")
try:
    s3.head_object(Bucket={ARN!r}, Key="k")
except (edgemote.EndpointError, edgemote.ConnectError) as error:
    print(type(error).__name__, str(error))
"""


@pytest.mark.parametrize(
    ("services", "options", "refused"),
    [
        (["s3:GetObject,HeadObject"], (), True),
        (["s3:GetObject,HeadObject"], ("arns = true",), False),
        (["s3:GetObject,HeadObject,ListObjectsV2"], (), False),
        (["s3:GetObject,HeadObject,ListObjectsV2"], ("arns = false",), True),
    ],
)
def test_a_bundle_of_the_agents_operations_has_named_buckets_alone(
    services: list[str], options: tuple[str, ...], refused: bool, tmp_path: Path
) -> None:
    lines = ["[tool.edgemote]", f"services = {services}", *options]
    (tmp_path / "pyproject.toml").write_text("\n".join(lines))
    arguments = ("--client-only", "--python", HERE, UNSTRIPPED)
    folder = make(tmp_path / "out", *arguments, home=tmp_path)
    done = run(folder, "-c", ARN_ASKED)
    assert done.stderr == ""
    words = (
        "EndpointError This client was generated with --no-arns, which is the default of bundles"
    )
    assert done.stdout.startswith(words) is refused
    assert ("arns = true in [tool.edgemote]" in done.stdout) is refused
    assert refused or done.stdout.startswith("ConnectError ")


LEAN = """
import edgemote
from aws.ssm import SSM
for make in (
    lambda: edgemote.connect(SSM, region="us-west-2"),
    lambda: edgemote.AssumeRole,
    lambda: edgemote.Session,
):
    try:
        print(make())
    except (edgemote.CredentialsError, ImportError) as error:
        print(error)
"""


def test_what_a_bundle_has_on_request(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.edgemote]\nservices = ['ssm:GetParameter']\n")
    config = tmp_path / "config"
    config.write_text("[default]\nrole_arn = x\nsource_profile = default\n")
    environ = {"AWS_CONFIG_FILE": str(config)}
    arguments = ("--client-only", "--python", HERE, UNSTRIPPED)
    folder = make(tmp_path / "lean", *arguments, home=tmp_path)
    done = run(folder, "-c", LEAN, **environ)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "this bundle cannot assume roles: add sts:AssumeRole or sts:AssumeRoleWithWebIdentity to "
        "services of [tool.edgemote], and bundle again; sources tried before: environment: set "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and name no profile",
        "this bundle cannot assume roles: add sts:AssumeRole or sts:AssumeRoleWithWebIdentity to "
        "services of [tool.edgemote], and bundle again",
        "this bundle was made without session: add --with session to `edgemote-codegen bundle`, "
        'or "session" to features of [tool.edgemote]',
    ]
    (tmp_path / "pyproject.toml").write_text(
        "[tool.edgemote]\nservices = ['ssm:GetParameter', 'sts:AssumeRole']\n"
    )
    folder = make(tmp_path / "full", *arguments, "--with", "session", home=tmp_path)
    done = run(folder, "-c", LEAN, **environ)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1:] == [
        "<class 'edgemote.credentials.roles.AssumeRole'>",
        "<class 'edgemote.client.session.Session'>",
    ]


def test_s3_may_be_called_at_its_global_host_where_us_east_1_is_all_there_is() -> None:
    for service, known in (("s3", True), ("ssm", False)):
        task = Task(Selection(service), {}, None, False, 500, "", False, Reduction(("us-east-1",)))
        assert ("aws-global" in make_service(task).files[f"aws/{service}/endpoint.py"]) is known


CERTIFICATE = "client/by_certificate.py credentials/client_certificate.py http/mutual_tls.py"
ROLES = "credentials/role_profiles.py credentials/roles.py"
BUCKETS = "client/bucket_region.py client/buckets.py client/s3_options.py client/s3_settings.py"
UPLOADS = "http/pace.py http/streaming.py"
IOT = (
    "agent/cloud/iot.py agent/cloud/iot_check.py agent/cloud/job_document.py "
    "agent/deployments/url_source.py agent/state.py"
)


@pytest.mark.parametrize(
    ("service", "operation", "modules"),
    [
        ("s3", "HeadObject", BUCKETS),
        (
            "s3",
            "GetObject",
            f"client/digests.py client/validation.py http/body.py http/pace.py {BUCKETS}",
        ),
        (
            "s3",
            "PutObject",
            f"client/checksums.py client/digests.py client/trailers.py {UPLOADS} {BUCKETS}",
        ),
        ("s3", "DeleteObjects", f"client/checksums.py client/digests.py {UPLOADS} {BUCKETS}"),
        ("sts", "AssumeRole", ROLES),
        ("sts", "AssumeRoleWithWebIdentity", ROLES),
        ("glacier", "UploadArchive", f"client/checksums.py client/digests.py {UPLOADS}"),
        ("ec2", "CopySnapshot", "client/presigned_copy.py"),
        ("cloudwatch", "PutMetricData", "client/compression.py"),
        ("timestream-write", "WriteRecords", "client/endpoint_discovery.py"),
        ("machinelearning", "Predict", "client/endpoint_discovery.py"),
        ("sdb", "PutAttributes", "client/sigv2.py"),
        ("codecatalyst", "GetSpace", "client/bearer.py"),
        ("iot-data", "Publish", f"{CERTIFICATE} {UPLOADS}"),
        ("iot-jobs-data", "DescribeJobExecution", f"{CERTIFICATE} {IOT}"),
        ("sagemaker-edge", "SendHeartbeat", "agent/cloud/edge.py agent/config/retired.py"),
    ],
)
def test_it_has_the_modules_that_its_operations_need(
    service: str, operation: str, modules: str
) -> None:
    made = make_service(Task(Selection(service, (operation,)), {}, None, False, 500, "", False))
    assert made.error == ""
    assert set(made.runtime_modules) == set(modules.split())
    contents = Contents(
        *("any", (HERE,), "gnu", False, True, made.files, made.runtime_modules),
        client_only=True,
    )
    names = {
        path.relative_to(RUNTIME).as_posix()
        for path in RUNTIME.rglob("*.py")
        if path.relative_to(RUNTIME).parts[0] != "agent"
    }
    optional = {name for name in OPTIONAL_MODULES if not name.startswith("agent/")}
    assert optional < names
    wanted = names - optional | set(modules.split()) & optional
    found = {name for name in collect_files(contents, Path("unused")) if name.endswith(".py")}
    assert {name for name in found if name.startswith("edgemote/")} == {
        f"edgemote/{name}" for name in wanted
    }


@pytest.mark.parametrize(
    ("service", "operation", "absent"),
    [
        ("s3", "HeadObject", "xml_plain.py xml_writing.py"),
        ("s3", "DeleteObjects", ""),
        ("sagemaker-edge", "SendHeartbeat", "rest.py"),
        ("iot-data", "Publish", ""),
    ],
)
def test_codecs_are_without_what_no_operation_needs(
    service: str, operation: str, absent: str
) -> None:
    made = make_service(Task(Selection(service, (operation,)), {}, None, False, 500, "", False))
    (protocol,) = {name for name in ("rest_xml", "rest_json") if f"aws/{name}.py" in made.files}
    files = PROTOCOLS[protocol.replace("_", "-")].files
    assert {name for name in files if f"aws/{name}" not in made.files} == set(absent.split())


ASKED_FOR = ("pages.py", "waiters.py", "paging.py", "waiting.py", "presign.py", "url_signature.py")
AROUND = """
import edgemote
from aws.dynamodb import DynamoDB

keys = edgemote.Credentials("AKIDEXAMPLE", "secret")
table = edgemote.connect(DynamoDB, region="us-west-2", credentials=keys)
print(table.presign("scan", {"TableName": "t"}, expires_s=60).partition("&X-Amz-Algorithm")[0])
print(table.pages.scan(TableName="t").resume_token, hasattr(table.wait, "table_exists"))
"""


@pytest.mark.parametrize(
    ("service", "operation", "present"),
    [
        ("s3", "GetObject", "s3_parameters"),
        ("s3", "CopyObject", "s3_copies s3_parameters"),
        ("ec2", "RunInstances", "customizations"),
        ("ssm", "GetParameter", ""),
    ],
)
def test_customizations_come_with_their_operations(
    service: str, operation: str, present: str
) -> None:
    made = make_service(Task(Selection(service, (operation,)), {}, None, False, 500, "", False))
    modules = ("customizations", "s3_copies", "s3_parameters")
    assert {name for name in modules if f"aws/{name}.py" in made.files} == set(present.split())


def test_pages_waiters_and_presigned_urls_are_in_it_on_request(tmp_path: Path) -> None:
    options = ("dynamodb:Scan,DescribeTable", "--client-only")
    without = make(tmp_path / "without", *options, target="any")
    asked = ("--paginators", "--waiters", "--with", "presign")
    folder = make(tmp_path / "with", *options, *asked, target="any")
    names = [
        {path.relative_to(home).as_posix() for path in home.rglob("*.py")}
        for home in (without, folder)
    ]
    assert {Path(name).name for name in names[1] - names[0]} == set(ASKED_FOR)
    assert names[0] < names[1]
    # Whoever does not ask gets the same code, but for the client's own module. The header, which is
    # stripped, may have had another line: the command is longer.
    assert {
        name
        for name in names[0]
        if (without / name).read_bytes().strip() != (folder / name).read_bytes().strip()
    } == {"aws/dynamodb/client.py"}
    done = subprocess.run(  # with the msgspec of this machine
        [sys.executable, "-c", AROUND],
        env={"PYTHONPATH": str(folder), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (
        "https://dynamodb.us-west-2.amazonaws.com/?TableName=t\nNone True\n",
        "",
    )


@pytest.mark.slow
def test_log_and_stub_are_there_where_they_are_asked_for(bundle: Path, tmp_path: Path) -> None:
    parts = ("edgemote/client/log.py", "edgemote/testing.py")
    assert not any((bundle / part).exists() for part in parts)
    options = ("s3:HeadObject", "--client-only", UNSTRIPPED, "--target", "any")
    made = make(tmp_path, *options, "--with", "log", "--with", "testing", target="any")
    assert all((made / part).exists() for part in parts)
    # Results whose members are all in the head.
    assert not (made / "aws/xml_plain.py").exists()


@pytest.mark.slow
def test_a_client_needs_no_agent(tmp_path: Path) -> None:
    """The client's own tests pass where edgemote/agent is not there."""
    # What ends in "runtime", as the tests look for it; the day of the build is for boards.
    folder = make(tmp_path / "out", "--client-only", target="any").rename(tmp_path / "runtime")
    (folder / "manifest.json").unlink()
    assert {path.name for path in folder.iterdir()} == {"aws", "edgemote"}
    assert not (folder / "edgemote/agent").exists()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-o", f"pythonpath={folder} codegen tests"),
            *("tests/runtime/client", "tests/runtime/test_settings.py"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]


NO_AGENT = """
import edgemote
assert "Agent" not in dir(edgemote) and "connect" in dir(edgemote)
from edgemote import *
assert connect is edgemote.connect
try:
    edgemote.Agent
except ImportError as error:
    print(error)
"""


@pytest.mark.slow
def test_a_client_alone_says_that_it_has_no_agent(tmp_path: Path) -> None:
    options = ("--client-only", "--python", HERE, "sagemaker-edge")
    folder = make(tmp_path, *options)
    assert run(folder, "-c", SCRIPT).stdout.split() == ["ValidationError", "ConnectError"]
    said = run(folder, "-c", NO_AGENT)
    assert said.stdout.startswith("this copy of edgemote has no agent"), said.stderr
    assert "edgemote-codegen bundle" in said.stdout
    for option in ((), ("--once",), ("--check",), ("--status",)):
        done = run(folder, "-m", "edgemote", "--config", "edgemote.toml", *option)
        assert (done.returncode, done.stderr) == (78, said.stdout)
    assert run(folder, "-m", "edgemote", "--verify").returncode == 0
    assert run(folder, "-m", "edgemote", "--version").stdout == f"edgemote {read_version()}\n"
    assert not (folder / "aws/s3").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("services", "said"),
    [
        (
            ("ssm:GetParameter",),
            "bundle --target any ssm:GetParameter sagemaker-edge:GetDeviceRegistration,"
            "SendHeartbeat,GetDeployments s3:GetObject,HeadObject`",
        ),
        (
            ("iot-data:Publish",),
            "bundle --target any iot-data:Publish,UpdateThingShadow iot-jobs-data:"
            "DescribeJobExecution,StartNextPendingJobExecution,UpdateJobExecution`",
        ),
        (
            ("sagemaker-edge:SendHeartbeat", "s3"),
            "sagemaker-edge:SendHeartbeat,GetDeviceRegistration,GetDeployments s3`",
        ),
        (("sagemaker-edge",), "sagemaker-edge s3:GetObject,HeadObject`"),
        (("sagemaker-edge", "s3:HeadObject"), "sagemaker-edge s3:HeadObject,GetObject`"),
    ],
)
def test_a_client_that_the_agent_lacks_is_told(
    services: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError) as caught:
        make(tmp_path, *services, target="any")
    (line,) = str(caught.value).splitlines()
    assert said in line
    assert not list(tmp_path.iterdir())
    # The command that it names does it.
    words = shlex.split(line.partition("`edgemote-codegen ")[2].partition("`")[0])
    make(tmp_path, UNSTRIPPED, *words[3:], target="any")


EDGE_CALLS = (
    "sagemaker-edge:GetDeviceRegistration sagemaker-edge:SendHeartbeat "
    "sagemaker-edge:GetDeployments s3:GetObject s3:HeadObject"
)
IOT_CALLS = "iot-data:Publish iot-jobs-data:DescribeJobExecution"
JOB_CALLS = "iot-jobs-data:StartNextPendingJobExecution iot-jobs-data:UpdateJobExecution"


@pytest.mark.parametrize(
    ("config", "calls", "way"),
    [
        ("", EDGE_CALLS, ""),
        ("[deployments]\nenabled = false", " ".join(EDGE_CALLS.split()[:2]), ""),
        ('[cloud]\nkind = "iot"', f"{IOT_CALLS} iot-data:UpdateThingShadow {JOB_CALLS}", ""),
        ('[cloud]\nkind = "iot"\nreport_state = false', f"{IOT_CALLS} {JOB_CALLS}", ""),
        (
            '[cloud]\nkind = "iot"\nreport_state = false\n[deployments]\nenabled = false\n'
            '[credentials]\nprofile = "board"',
            IOT_CALLS,
            "",
        ),
        (
            '[cloud]\nkind = "iot"\n[credentials]\niot_endpoint = "x.example"',
            f"{IOT_CALLS} iot-data:UpdateThingShadow {JOB_CALLS} s3:GetObject s3:HeadObject",
            "leave iot_endpoint and profile out",
        ),
        (
            '[capture]\nbucket = "frames"',
            f"{EDGE_CALLS} s3:PutObject",
            "leave bucket out of [capture]",
        ),
        ('[capture]\nbucket = "frames"\ndestination = "disk"', EDGE_CALLS, ""),
    ],
)
def test_a_configuration_says_what_the_agent_calls(config: str, calls: str, way: str) -> None:
    settings = Settings(config.encode())

    def lack(names: Iterable[str]) -> str:
        chosen: dict[str, list[str]] = {}
        for name in names:
            service, _, operation = name.partition(":")
            chosen.setdefault(service, []).append(operation)
        selections = [Selection(service, tuple(found)) for service, found in chosen.items()]
        try:
            check_completeness(selections, settings, settings.cloud, "edgemote-codegen bundle")
        except CodegenError as error:
            return str(error)
        return ""

    assert lack(calls.split()) == ""
    said = lack(())
    lacking = said.removeprefix("the agent calls ").partition(", which this bundle lacks")[0]
    assert sorted(lacking.split(", ")) == sorted(calls.split())
    if way:
        others = [name for name in calls.split() if not name.startswith("s3:")]
        assert way in lack(others)


def test_a_bundle_carries_its_cloud_alone(tmp_path: Path) -> None:
    names = {
        cloud: {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
        for cloud in ("edge", "iot")
        for folder in [make(tmp_path / cloud, UNSTRIPPED, "--cloud", cloud, target="any")]
    }
    own = {
        "edge": {"edgemote/agent/cloud/edge.py", "edgemote/agent/config/retired.py"},
        "iot": {f"edgemote/{name}" for name in (*CERTIFICATE.split(), *IOT.split())},
    }
    assert {name for name in names["edge"] - names["iot"] if "aws/" not in name} == own["edge"]
    assert {name for name in names["iot"] - names["edge"] if "aws/" not in name} == own["iot"]
    packages = {cloud: {name.split("/")[1] for name in names[cloud]} for cloud in names}
    assert "sagemaker_edge" not in packages["iot"]
    assert not {"iot_data", "iot_jobs_data"} & packages["edge"]


LACKING = """
import json, sys, edgemote
from edgemote.agent.config import load
toml, retired, key = sys.argv[1:]
def show(do):
    try:
        do()
        print("fine")
    except edgemote.ConfigError as error:
        print(error)
show(lambda: load(toml))
show(lambda: load(retired))
agent = edgemote.Agent.from_config(toml.replace("signed", "plain"))
show(lambda: agent.model("snow").capture(input=b""))
"""


def test_a_bundle_has_features_only_where_they_are_asked_for(tmp_path: Path) -> None:
    head = (
        f'[device]\nname = "cam-7"\nfleet = "dock"\nregion = "us-west-2"\n'
        f'[folders]\nstate = "{tmp_path}/state"\nrun = "{tmp_path}/run"\n'
    )
    key = tmp_path / "signer.pem"
    key.write_bytes(write_public(make_key("Ed25519")))
    signed, plain, retired = (tmp_path / name for name in ("signed.toml", "plain.toml", "old.json"))
    signed.write_text(f'{head}[deployments]\nsigners = ["{key}"]\n')
    plain.write_text(f'{head}[capture]\ndestination = "disk"\ndisk_path = "{tmp_path}/out"\n')
    retired.write_text(
        json.dumps(
            {
                f"sagemaker_edge_core_{name}": value
                for name, value in (("device_name", "cam-7"), ("device_fleet_name", "dock"))
            }
        )
    )

    def ask(*options: str) -> list[str]:
        folder = make(tmp_path / "_".join(["out", *options[1::2]]), "--python", HERE, *options)
        done = run(folder, "-c", LACKING, str(signed), str(retired), str(key))
        assert done.stderr == ""
        return done.stdout.splitlines()

    lacking = ask()
    assert lacking[1] == "fine"
    for line, feature in zip(lacking[::2], ("signatures", "captures"), strict=True):
        assert f"this bundle was made without {feature}: add --with {feature} to" in line
    assert lacking[0].startswith(f"{signed}: deployments.signers: expected a list of 1 to 16 PEM")
    options = (f"--with={name}" for name in FEATURES)
    assert ask(*(word for option in options for word in option.split("=")))[:3] == ["fine"] * 3
    for config, feature in ((signed, "signatures"), (plain, "captures")):
        assert Settings(config.read_bytes()).features == [feature]


TRANSFERS = """
import edgemote
try:
    import edgemote.s3.state
    print(edgemote.s3.download_file.__name__, edgemote.s3.upload_file.__name__)
except ImportError as error:
    try:
        edgemote.s3
    except ImportError as again:
        print(error, again)
"""


def test_transfers_are_there_where_they_are_asked_for(tmp_path: Path) -> None:
    options = ("s3:GetObject,PutObject", UNSTRIPPED, "--client-only", "--python", HERE)
    said = [
        run(make(tmp_path / str(len(more)), *options, *more), "-c", TRANSFERS).stdout
        for more in ((), ("--with", "transfers"))
    ]
    assert "add --with transfers to `edgemote-codegen bundle`" in said[0]
    assert said[1] == "download_file upload_file\n"


CLOUDS = """
from edgemote.agent.cloud import load_cloud
from edgemote.errors import ConfigError
for kind in ("edge", "iot"):
    try:
        print(load_cloud(kind).__name__)
    except ConfigError as error:
        print(error)
"""


def test_the_cloud_follows_from_the_services(tmp_path: Path) -> None:
    services = ("iot-data", "iot-jobs-data")
    folder = make(tmp_path / "out", *services, UNSTRIPPED, "--python", HERE)
    config = folder / "edgemote.toml"
    assert "\n[cloud]\n" in config.read_text()
    assert '\nkind = "iot"\n' in config.read_text()
    edge, iot = run(folder, "-c", CLOUDS).stdout.splitlines()
    assert edge.startswith("cloud.kind: this copy of edgemote lacks what 'edge' needs")
    assert "--cloud edge" in edge
    assert iot == "edgemote.agent.cloud.iot"
    own = tmp_path / "own.toml"
    own.write_text('[cloud]\nkind = "mars"')
    for options, words in (
        ((*services, "--cloud", "iot", "--client-only"), "use only one of them"),
        ((*services, "--config", str(own)), "expected one of edge, iot, got 'mars'"),
    ):
        with pytest.raises(RuntimeError, match=words):
            make(tmp_path / "none", *options, target="any")
    own.write_text('[cloud]\nkind = "edge"')
    with pytest.raises(RuntimeError, match="--cloud iot: expected edge, the"):
        make(tmp_path / "none", "--cloud", "iot", "--config", str(own), target="any")


def test_a_device_learns_when_its_bundle_was_built(bundle: Path) -> None:
    script = (
        "import sys; from edgemote.manifest import read_build_time;"
        "print(read_build_time(), 'json' in sys.modules)"
    )
    built = json.loads((bundle / "manifest.json").read_text())["built"]
    assert run(bundle, "-c", script).stdout.split() == [str(float(built)), "False"]


@pytest.mark.slow
def test_without_deployments_the_agent_needs_no_s3(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('[device]\nname = "cam-7"\nfleet = "dock"\n[deployments]\nenabled = false\n')
    services = ("sagemaker-edge:GetDeviceRegistration,SendHeartbeat,GetDeployments",)
    arguments = ("--config", str(config), UNSTRIPPED, *services)
    folder = make(tmp_path / "out", *arguments, target="any")
    assert (folder / "edgemote.toml").read_bytes() == config.read_bytes()
    for text, words in (("x", "--config: "), (None, "--config: cannot read")):
        config.unlink() if text is None else config.write_text(text)
        with pytest.raises(RuntimeError, match=words):
            make(tmp_path / "out", *arguments, target="any")


def test_it_carries_licences(bundle: Path) -> None:
    assert (bundle / "edgemote/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert "Redistribution" in (bundle / "msgspec/LICENSE").read_text()


def test_the_default_is_the_python_of_debian_12(tmp_path: Path) -> None:
    manifest = json.loads((make(tmp_path, UNSTRIPPED) / "manifest.json").read_text())
    assert manifest["python"] == ["3.11"]
    assert [name for name in manifest["files"] if name.endswith(".so")] == [
        "msgspec/_core.cpython-311-x86_64-linux-gnu.so"
    ]


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ((), "--cloud edge"),
        (("CLOUD=iot",), "--cloud iot"),
        (
            ("PYTHON=3.12 3.13", "LIBC=musl", "DOCS=1", "CLIENT_ONLY=1"),
            "--python 3.12 --python 3.13 --libc musl --docs --client-only",
        ),
    ],
)
def test_make_passes_its_options_through(given: tuple[str, ...], passed: str) -> None:
    done = subprocess.run(
        [
            *("make", "--dry-run", "--old-file=setup", "--old-file=.venv/.ready", "bundle"),
            *("TARGET=arm64", *given),
        ],
        cwd=ROOT,
        # Without what the `make test` above this one hands down, which prints its folder.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
    )
    words = f"edgemote_codegen bundle --target arm64 {passed}".split()
    assert done.stdout.split()[3:] == words


def test_it_brings_a_configuration_and_a_unit(bundle: Path) -> None:
    printed = run(bundle, "-m", "edgemote", "--print-config")
    assert printed.returncode == 0, printed.stderr
    assert (bundle / "edgemote.toml").read_text() == printed.stdout
    unit = (bundle / "edgemote.service").read_text()
    assert "python3 -m edgemote --config /etc/edgemote.toml" in unit


def test_a_missing_configuration_is_told(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(bundle, folder)
    (folder / "edgemote.toml").unlink()
    printed = run(folder, "-m", "edgemote", "--print-config")
    assert printed.returncode == 1
    assert printed.stderr.endswith(
        "edgemote.toml: No such file or directory; copy the complete bundle again\n"
    )


LOAD = """
import sys
from edgemote.agent.config import load
try:
    load(sys.argv[1])
except Exception as error:
    print(error)
"""


def find_python(version: str) -> str | None:
    """A Python of this version that runs, for pyenv's may be named without being chosen."""
    candidates = [f"python{version}", *Path.home().glob(f".pyenv/versions/{version}.*/bin/python3")]
    for candidate in map(str, candidates):
        try:
            done = subprocess.run([candidate, "-c", ""], capture_output=True)
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return None


@pytest.mark.slow
def test_python_3_10_gets_a_toml_reader(bundle: Path, tmp_path: Path) -> None:
    assert not (bundle / "tomli").exists()  # the others have one
    folder = make(tmp_path, "--python", "3.10", "--python", HERE, UNSTRIPPED)
    assert "MIT License" in (folder / "tomli/LICENSE").read_text()
    assert all(path.suffix == ".py" or path.name == "LICENSE" for path in folder.glob("tomli/*"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["tomli"] == TOMLI_VERSION
    assert "tomli/_parser.py" in manifest["files"]
    config = tmp_path / "edgemote.toml"
    config.write_text("[device]\nname = cam-7")
    python = find_python("3.10")
    if python is None:
        pytest.skip("Python 3.10 is not on this machine")
    done = subprocess.run(
        [python, "-S", "-s", "-c", LOAD, str(config)],
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{config}: line 2, column 8: Invalid value\n", done.stderr


def test_docstrings_and_comments_are_left_out(bundle: Path) -> None:
    for path in bundle.rglob("*.py"):
        source = path.read_bytes()
        nodes = [
            node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        ]
        assert not [node for node in nodes if ast.get_docstring(node)], path
        tokens = tokenize.tokenize(io.BytesIO(source).readline)
        assert not [token for token in tokens if token.type == tokenize.COMMENT], path


def test_docs_keeps_every_byte(tmp_path: Path) -> None:
    folder = make(tmp_path, "--docs", target="any") / "edgemote"
    for path in folder.rglob("*.py"):
        assert path.read_bytes() == (RUNTIME / path.relative_to(folder)).read_bytes()


def test_no_build_host_module_is_in_it(bundle: Path) -> None:
    assert {path.name for path in bundle.iterdir()} == {
        "edgemote",
        "aws",
        "msgspec",
        "manifest.json",
        "edgemote.toml",
        "edgemote.service",
    }
    assert not list(bundle.rglob("*.pyi"))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda folder: flip(folder / "aws/sigv4.py"), "differs: aws/sigv4.py"),
        (lambda folder: flip(next(folder.glob("msgspec/*.so"))), "differs: msgspec/_core"),
        (lambda folder: (folder / "aws/rest.py").unlink(), "missing: aws/rest.py"),
        (lambda folder: (folder / "aws/more.py").write_text(""), "stray: aws/more.py"),
        (lambda folder: (folder / "manifest.json").unlink(), "cannot read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "is not the manifest"),
    ],
)
def test_a_changed_bundle_is_refused(change, line: str, bundle: Path, tmp_path: Path) -> None:
    unpack_archive(bundle.with_name(f"{bundle.name}.tar.gz"), tmp_path)
    change(tmp_path / bundle.name)
    done = run(tmp_path / bundle.name, "-m", "edgemote", "--verify")
    assert done.returncode == 1
    assert line in done.stderr


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_a_user_puts_beside_the_packages_is_not_judged(bundle: Path, tmp_path: Path) -> None:
    unpack_archive(bundle.with_name(f"{bundle.name}.tar.gz"), tmp_path)
    (tmp_path / bundle.name / "firmware.py").write_text("import edgemote\n")
    assert run(tmp_path / bundle.name, "-m", "edgemote", "--verify").returncode == 0


def test_msgspec_keeps_its_names(bundle: Path) -> None:
    script = (
        "import msgspec, sys; msgspec.json.schema(int); msgspec.inspect.type_info; "
        "msgspec.structs.asdict; print('msgspec.toml' in sys.modules)"
    )
    done = run(bundle, "-c", script)
    assert done.stdout == "False\n", done.stderr
    done = run(
        bundle, "-c", "import edgemote.client.connect, sys; print('msgspec.inspect' in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


LATE = "platform re warnings" + (" datetime" if sys.version_info < (3, 12) else "")


def test_msgspec_takes_little_of_other_modules(bundle: Path) -> None:
    script = f"""
import sys
import msgspec
assert not set(sys.modules) & set({LATE!r}.split()), "loaded"
import datetime, decimal, enum, platform, re, typing, uuid, warnings
for module in (datetime, platform, re, warnings):
    assert type(module) is type(sys) and sys.modules[module.__name__] is module, module
    assert module.__spec__.origin and module.__file__, module
assert typing.Pattern[str].__origin__ is re.Pattern and typing.Match[str].__origin__ is re.Match
assert isinstance(re.compile("a"), typing.Pattern) and isinstance(re.match("", ""), typing.Match)

class Row(msgspec.Struct):
    id: uuid.UUID
    at: datetime.datetime
    sum: decimal.Decimal
    code: typing.Annotated[str, msgspec.Meta(pattern="^a+$")]

text = b'{{"id":"00000000-0000-0000-0000-000000000001","at":"2026-06-01T12:00:00Z","sum":"1.5",'
row = msgspec.json.decode(text + b'"code":"aa"}}', type=Row)
moment = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.timezone.utc)
assert row == Row(uuid.UUID(int=1), moment, decimal.Decimal("1.5"), "aa")
assert msgspec.json.encode(row) == text + b'"code":"aa"}}'
try:
    msgspec.json.decode(text + b'"code":"b"}}', type=Row)
except msgspec.ValidationError as error:
    print(error)
"""
    done = run(bundle, "-S", "-c", script)
    assert done.stdout == "Expected `str` matching regex '^a+$' - at `$.code`\n", done.stderr


@pytest.mark.parametrize("first", ["re", "datetime", "platform", "warnings"])
def test_msgspec_leaves_modules_that_are_there(bundle: Path, first: str) -> None:
    script = f"import sys, {first}; import msgspec; assert sys.modules[{first!r}] is {first}"
    done = run(bundle, "-S", "-c", script)
    assert done.returncode == 0, done.stderr


def test_who_is_quicker_than_msgspec_gets_the_modules(bundle: Path) -> None:
    """Another thread may import them meanwhile; whatever it asks for, it gets."""
    script = """
import msgspec._stand_ins as stand_ins, sys
from importlib import reload
reload(stand_ins)
from re import VERBOSE, compile
assert sys.modules["re"] is not stand_ins._stand_ins[-1] and VERBOSE
import platform
assert platform.machine() and platform.system() == "Linux"
import warnings
warnings.warn("so it is", stacklevel=1)
from datetime import datetime
assert datetime(2026, 1, 1)
stand_ins.remove()
assert {type(sys.modules[name]).__name__ for name in ("re", "platform", "warnings")} == {"module"}
"""
    done = run(bundle, "-S", "-c", script)
    assert done.returncode == 0, done.stderr
    assert "so it is" in done.stderr


@pytest.mark.parametrize(
    ("options", "target", "words"),
    [
        (("--bytecode", "--python", "3.10" if HERE != "3.10" else "3.11"), "amd64", "--python"),
        (("--python", HERE), "armhf", "needs a cross compiler: apt-get install gcc-arm"),
    ],
)
def test_what_is_missing_is_said_in_a_line(
    options: tuple[str, ...], target: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError) as caught:
        make(tmp_path / "out", *options, UNSTRIPPED, target=target, path="/nowhere")
    (line,) = str(caught.value).splitlines()
    assert words in line
    assert not (tmp_path / "out" / f"edgemote-{target}").exists()


def test_a_python_without_headers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "arm-linux-gnueabihf-gcc"
    compiler.write_text("#!/bin/sh\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("HOME", "/nowhere")
    options = ("--python", "3.12", "--cache", str(tmp_path / "cache"))
    with pytest.raises(
        RuntimeError, match=r"libpython3.12-dev.*install python3.12 with its headers"
    ):
        make(tmp_path / "out", *options, target="armhf", path=str(tmp_path))


def test_a_folder_that_is_no_bundle_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "edgemote-any").mkdir()
    (tmp_path / "edgemote-any" / "thesis.tex").write_text("years of work")
    with pytest.raises(RuntimeError, match="is not a bundle"):
        make(tmp_path, UNSTRIPPED, target="any")
    assert (tmp_path / "edgemote-any" / "thesis.tex").exists()


@pytest.mark.parametrize("name", ["edgemote.toml", "edgemote/mine.py"])
def test_what_a_user_wrote_into_a_bundle_is_kept(name: str, tmp_path: Path) -> None:
    """The configuration is there to be filled in, and may have been filled in right here."""
    folder = make(tmp_path, UNSTRIPPED, target="any")
    (folder / "edgemote" / "__pycache__").mkdir()
    (folder / "edgemote" / "__pycache__" / "x.pyc").touch()  # it was tried, which changes nothing
    make(tmp_path, UNSTRIPPED, target="any")
    (folder / name).write_text("# mine\n")
    with pytest.raises(RuntimeError, match=f"{name} was added or changed after the bundle"):
        make(tmp_path, UNSTRIPPED, target="any")
    assert (folder / name).read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--libc", "musl"), "--libc musl is only for arm64 and amd64, not for any"),
        (("--client-only", "--config", "x.toml"), "--config configures it: use only one of them"),
        (("--client-only", "--cloud", "iot"), "--cloud chooses its cloud: use only one of them"),
    ],
)
def test_options_without_effect_are_refused(
    options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError) as caught:
        make(tmp_path, *options, target="any")
    (line,) = str(caught.value).splitlines()
    assert words in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('[cloud]\nkind = ["iot"]', "cloud.kind: expected one of edge, iot, got ['iot']"),
        ('[cloud]\nkind = ""', "cloud.kind: expected one of edge, iot, got ''"),
        ("cloud = 3", "cloud: expected a table, got 3"),
        ("[[deployments]]", "deployments: expected a table, got [{}]"),
    ],
)
def test_a_configuration_of_other_types_is_told(config: str, words: str) -> None:
    settings = Settings(config.encode())
    with pytest.raises(CodegenError) as caught:
        check_completeness([], settings, settings.cloud, "edgemote-codegen bundle")
    assert str(caught.value) == f"--config: {words}"


def test_the_command_for_a_cloud_names_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError) as caught:
        make(tmp_path, "--cloud", "iot", "sagemaker-edge", "iot-jobs-data", target="any")
    assert "bundle --target any --cloud iot sagemaker-edge" in str(caught.value)


@pytest.mark.parametrize("content", [b"cut off", None])
def test_a_damaged_download_is_told(content: bytes | None, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = cache / f"wheel-{version('msgspec')}-manylinux2014_x86_64-3.11"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "msgspec.whl").write_bytes(content)
    with pytest.raises(RuntimeError) as caught:
        make(tmp_path / "out", "--cache", str(cache), UNSTRIPPED)
    assert str(caught.value) == (
        f"edgemote-codegen: a download in {cache} is damaged: remove this folder\n"
    )


BODIES = st.recursive(
    st.sampled_from(
        [
            "x = 1",
            '"""doc"""',
            '"""two\n\nlines"""',
            "x: int = 0",
            "pass",
            "x = 'é # no comment'  # a comment",
            "x = (  # one\n    # two\n    '''three # lines\n'''\n)",
            "x = '''a\n    b\n        c'''",
            "def é(é: str, /, b: dict[str, int] = {}, *c: (int), d=lambda x, y: 1) -> 'é': pass",
            "def f(\n    a: (\n        int\n    ),\n    *,\n    b=2,\n) -> (\n    int\n):\n"
            "    y: int = 1\n    z: int\n    a.b: str = 'é'  # why\n    return y",
            "def f():\n    if TYPE_CHECKING:\n        import x\n",
            "x: dict[\n    str, int\n] = {}",
            "if TYPE_CHECKING:\n    import x\nelse:\n    x = 1",
            "if x:\n     x = 1\n     if x:\n          x = 2",
        ]
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: "class C:  # why\n" + "\n".join(indent(part) for part in parts)
    ),
)


def indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


@given(st.lists(BODIES, min_size=1, max_size=4).map("\n".join))
def test_stripped_source_means_the_same_on_the_same_lines(source: str) -> None:
    """A module does the same, each statement on its line."""
    stripped = strip_docs(source.encode())
    assert meaning(ast.parse(stripped)) == meaning(ast.parse(source))


@pytest.mark.slow
def test_stripped_modules_mean_the_same() -> None:
    for path in RUNTIME.rglob("*.py"):
        source = path.read_bytes()
        assert meaning(ast.parse(strip_docs(source))) == meaning(ast.parse(source)), path


def test_stripped_modules_miss_no_name(bundle: Path) -> None:
    names = [
        path.relative_to(bundle).with_suffix("").as_posix().replace("/", ".")
        for package in ("aws", "edgemote")
        for path in (bundle / package).rglob("*.py")
    ]
    script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = run(bundle, "-c", script, *(name.removesuffix(".__init__") for name in names))
    assert done.returncode == 0, done.stderr


def meaning(tree: ast.Module) -> tuple[str, list[int]]:
    """All statements that do something, and the line that each begins on.

    What is for readers and type checkers is left out: docs, annotations but those of fields, and
    imports for them.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                parts = [simplify(part, node) for part in body if does_something(part)]
                setattr(node, name, parts)
    return ast.dump(tree), [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]


def simplify(part: ast.stmt, parent: ast.AST) -> ast.stmt:
    if isinstance(parent, ast.ClassDef) or not isinstance(part, ast.AnnAssign) or not part.value:
        return part
    # Its target and its value.
    return ast.copy_location(ast.Assign([part.target], part.value), part)


def does_something(part: ast.stmt) -> bool:
    if isinstance(part, ast.ImportFrom) and part.module in ("typing", "__future__"):
        return False
    if isinstance(part, ast.If) and not part.orelse and ast.unparse(part.test) == "TYPE_CHECKING":
        return False
    is_text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return not is_text and not isinstance(part, ast.Pass)
