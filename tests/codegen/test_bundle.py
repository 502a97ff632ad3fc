"""The bundle: the same bytes twice, whole or refused, and running with nothing but a python3."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import tarfile
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemote_codegen.bundle import Contents, collect_files, find_build_time, strip_docs

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "runtime/edgemote"
DEVICE_FILES = {".json", ".toml", ".service"}
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


def test_the_time_of_a_build_is_that_of_its_source(monkeypatch, tmp_path):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    committed = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert find_build_time(ROOT / "runtime") == int(committed or 0)
    assert find_build_time(tmp_path) == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764000000")
    assert find_build_time(ROOT) == 1_764_000_000


def run(bundle: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A python3 with the standard library, and the bundle."""
    environment = {"PYTHONPATH": str(bundle), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nowhere"}
    return subprocess.run(
        [sys.executable, "-S", "-s", *arguments], env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bundle"), "--python", HERE)


def test_two_builds_are_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    again = make(tmp_path, "--python", HERE)
    archives = [folder.with_name(f"{folder.name}.tar.gz") for folder in (bundle, again)]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_the_archive_holds_the_folder(bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(bundle.with_name(f"{bundle.name}.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = tmp_path / bundle.name
    names = {path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()}
    assert names == {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    assert run(unpacked, "-m", "edgemote", "--verify").returncode == 0


@pytest.mark.parametrize("options", [(), ("--docs",), ("--bytecode",), ("--bytecode", "--docs")])
def test_it_runs_with_nothing_else(options: tuple[str, ...], tmp_path: Path) -> None:
    folder = make(tmp_path, "--python", HERE, *options)
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
    done = run(make(tmp_path, *options), "-c", REDUCED)
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
    folder = make(tmp_path / "out", "--python", HERE, home=tmp_path)
    done = run(folder, "-c", ARN_ASKED)
    assert done.stderr == ""
    words = (
        "EndpointError This client was generated with --no-arns, which is the default of bundles"
    )
    assert done.stdout.startswith(words) is refused
    assert ("arns = true in [tool.edgemote]" in done.stdout) is refused
    assert refused or done.stdout.startswith("ConnectError ")


def test_it_has_the_modules_that_its_services_need(bundle: Path) -> None:
    rare = {"discovery.py", "presigning.py", "sigv2.py", "tokens.py"}
    modules = {path.name for path in RUNTIME.glob("*.py")}
    assert {path.name for path in (bundle / "edgemote").glob("*.py")} == modules - rare
    needed = {
        'auth=("bearer",)': {"tokens.py"},
        'auth=("sigv2",)': {"sigv2.py"},
        'url_member="Url"': {"discovery.py"},
        'discovered_by="DescribeEndpoints"': {"discovery.py"},
        'presigned_member="PreSignedUrl"': {"presigning.py"},
    }
    for text, names in needed.items():
        contents = Contents("any", (), "gnu", False, True, {"aws/x/client.py": text})
        files = collect_files(contents, Path("unused"))
        assert {name.rpartition("/")[2] for name in files} & rare == names


def test_it_brings_a_configuration_and_a_unit(bundle: Path) -> None:
    printed = run(bundle, "-m", "edgemote", "--print-config")
    assert printed.returncode == 0, printed.stderr
    # To mend: python3 -m edgemote --print-config > runtime/device/edgemote.toml
    assert (bundle / "edgemote.toml").read_text() == printed.stdout
    unit = (bundle / "edgemote.service").read_text()
    assert "python3 -m edgemote --config /etc/edgemote.toml" in unit


def test_docstrings_and_comments_are_left_out(tmp_path: Path) -> None:
    for path in make(tmp_path, target="any").rglob("*.py"):
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
    with tarfile.open(bundle.with_name(f"{bundle.name}.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    change(tmp_path / bundle.name)
    done = run(tmp_path / bundle.name, "-m", "edgemote", "--verify")
    assert done.returncode == 1
    assert line in done.stderr


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_a_user_puts_beside_the_packages_is_not_judged(bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(bundle.with_name(f"{bundle.name}.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
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
        make(tmp_path / "out", *options, target=target, path="/nowhere")
    (line,) = str(caught.value).splitlines()
    assert words in line
    assert not (tmp_path / "out" / f"edgemote-{target}").exists()


def test_a_python_without_headers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "arm-linux-gnueabihf-gcc"
    compiler.write_text("#!/bin/sh\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("HOME", "/nowhere")
    options = ("--python", "3.12", "--cache", str(tmp_path / "cache"))
    with pytest.raises(RuntimeError, match=r"libpython3.12-dev.*or any python3.12 on this machine"):
        make(tmp_path / "out", *options, target="armhf", path=str(tmp_path))


def test_a_folder_that_is_no_bundle_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "edgemote-any").mkdir()
    (tmp_path / "edgemote-any" / "thesis.tex").write_text("years of work")
    with pytest.raises(RuntimeError, match="is not a bundle"):
        make(tmp_path, target="any")
    assert (tmp_path / "edgemote-any" / "thesis.tex").exists()


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
    """Without docs a module has the same statements, each on its line."""
    stripped = strip_docs(source.encode())
    assert meaning(ast.parse(stripped)) == meaning(ast.parse(source))


def test_stripped_modules_mean_the_same() -> None:
    for path in RUNTIME.rglob("*.py"):
        source = path.read_bytes()
        assert meaning(ast.parse(strip_docs(source))) == meaning(ast.parse(source)), path


def meaning(tree: ast.Module) -> tuple[str, list[int]]:
    """All statements, and the line that each begins on."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [
                part
                for part in body
                if not isinstance(part, ast.Pass)
                and not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            ]
    return ast.dump(tree), [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]
