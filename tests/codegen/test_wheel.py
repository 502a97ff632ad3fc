"""What pip installs: the walk of somebody who has no checkout, in a folder of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from edgemote_codegen.bundle.runtime import read_version

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("iot-data:Publish", "ssm:GetParameter")
PUBLISH = """
import edgemote
from aws.iot_data import IoTDataPlane
from aws.ssm import SSM
assert edgemote.__file__.endswith("/edgemote-any/edgemote/__init__.py"), edgemote.__file__
keys = edgemote.Credentials("AKIDEXAMPLE", "secret")
iot = edgemote.connect(IoTDataPlane, region="us-west-2", credentials=keys, retries=0,
    endpoint_url="http://127.0.0.1:1")
try:
    iot.publish(topic="t", payload=b"1")
except edgemote.Error as error:
    print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    done = subprocess.run([*command, str(folder), str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and what it needs from this one."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (packages,) = home.glob("lib/python3*/site-packages")
    (packages / "others.pth").write_text(f"{Path(msgspec.__file__).parents[1]}\n")
    command = [sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "install"]
    options = ("--quiet", "--no-deps", "--no-index", "--force-reinstall", "--no-compile")
    done = subprocess.run([*command, *options, str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return home / "bin"


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_has_generator_and_runtime_and_no_clients(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "edgemote",
        "edgemote_codegen",
        f"edgemote-{read_version()}.dist-info",
    }
    for folder, package in (("codegen", "edgemote_codegen"), ("runtime", "edgemote")):
        sources = {
            path.relative_to(ROOT / folder).as_posix()
            for path in (ROOT / folder / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert sources <= set(names)
    assert {name for name in names if "/device/" in name} == {
        "edgemote_codegen/device/LICENSE",
        "edgemote_codegen/device/built",
        "edgemote_codegen/device/edgemote.service",
        "edgemote_codegen/device/edgemote.toml",
    }


@pytest.mark.slow
def test_a_project_of_ones_own_needs_no_checkout(bin_folder: Path, tmp_path: Path) -> None:
    tool = bin_folder / "edgemote-codegen"
    assert run(tool, "--version", cwd=tmp_path) == f"edgemote {read_version()}\n"
    run(tool, "init", *SERVICES, cwd=tmp_path)
    run(tool, "generate", *SERVICES, cwd=tmp_path)
    assert {path.name for path in (tmp_path / "generated/aws").iterdir() if path.is_dir()} == {
        "iot_data",
        "ssm",
    }
    assert run(tool, "generate", cwd=tmp_path)  # the same, as [tool.edgemote] lists them
    assert "Publish" in run(tool, "list", "iot-data", cwd=tmp_path).split()
    assert "Publish" in run(tool, "sizes", cwd=tmp_path)
    refused = subprocess.run(
        [str(tool), "bundle", "--target", "any"], cwd=tmp_path, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "--client-only" in refused.stderr
    run(tool, "bundle", "--target", "any", "--client-only", cwd=tmp_path)
    bundle = tmp_path / "build/edgemote-any"
    python = bin_folder / "python"
    assert run(python, "-c", PUBLISH, cwd=tmp_path, path=bundle) == "ConnectError\n"
    run(python, "-m", "edgemote", "--verify", cwd=tmp_path, path=bundle)


@pytest.mark.slow
def test_an_agent_is_bundled_without_a_checkout(bin_folder: Path, tmp_path: Path) -> None:
    tool, python = bin_folder / "edgemote-codegen", bin_folder / "python"
    run(tool, "init", cwd=tmp_path)
    run(tool, "bundle", "--target", "any", cwd=tmp_path)
    bundle = tmp_path / "build/edgemote-any"
    for name in ("edgemote.toml", "edgemote.service"):
        assert (bundle / name).read_bytes() == (ROOT / "runtime/device" / name).read_bytes()
    assert (bundle / "edgemote/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    said = run(python, "-m", "edgemote", "--version", cwd=tmp_path, path=bundle)
    assert said == f"edgemote {read_version()}\n"


SOURCES = "LICENSE README.md codegen hatch_build.py pyproject.toml runtime".split()
COPIED_S = 1_750_000_000


@pytest.mark.slow
def test_a_bundle_made_without_git_knows_how_old_its_source_is(tmp_path: Path) -> None:
    # As an archive of a commit is unpacked: no git, and files as old as the commit.
    source = tmp_path / "source"
    source.mkdir()
    subprocess.run(["cp", "-r", *SOURCES, str(source)], cwd=ROOT, check=True)
    for path in source.rglob("*.py"):
        os.utime(path, (COPIED_S, COPIED_S))
    # An sdist of it, whose files have the times of another day, and a wheel of that.
    tools = tmp_path / "tools"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target")
    run(*pip, tools, "hatchling>=1.21,<2", cwd=tmp_path)
    build = (sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path)
    run(*build, cwd=source, path=tools)
    (sdist,) = tmp_path.glob("*.tar.gz")
    run("tar", "-xzf", sdist, cwd=tmp_path)
    (unpacked,) = tmp_path.glob("edgemote-*/")
    run(*(*build[:-3], "wheel", "-d", tmp_path), cwd=unpacked, path=tools)
    (wheel,) = tmp_path.glob("*.whl")
    packages = tmp_path / "packages"
    zipfile.ZipFile(wheel).extractall(packages)
    tool = (sys.executable, "-m", "edgemote_codegen")
    run(*tool, "generate", "iot-data:Publish", cwd=tmp_path, path=packages)
    options = ("--target", "any", "--client-only")
    run(*tool, "bundle", *options, "iot-data:Publish", cwd=tmp_path, path=packages)
    manifest = json.loads((tmp_path / "build/edgemote-any/manifest.json").read_text())
    assert manifest["built"] == COPIED_S
