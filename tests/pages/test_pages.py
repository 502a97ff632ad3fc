"""Every command and every snippet of README.md and docs/ does what the page says."""

from __future__ import annotations

import ast
import inspect
import os
import re
from functools import cache
from pathlib import Path

import pytest
from botocore.config import Config as BotocoreConfig

import edgemote
from edgemote import connect, limits
from edgemote.agent.config.schema import list_keys
from pages.blocks import PAGES, ROOT, read_blocks
from pages.conftest import Cloud
from pages.desk import Desk

EXAMPLES = sorted((ROOT / "docs/examples").glob("*.py"))
LANGUAGES = {"sh", "python", "toml", "ini", "json", "text", "bitbake", "makefile", "kconfig"}
README_BYTES = 9_000
CONTRIBUTING_LINES = 100
# Example -> the end of what it prints.
PRINTED = {
    "agent_with_telemetry.py": "",
    "publish_telemetry.py": "published\n",
    "read_parameter.py": "0.5\n",
    "download_new.py": "1 new files\n",
    "upload_download.py": " bytes\n",
    "upload_with_progress.py": "uploaded s3://dock-logs/cam-7/upload_with_progress.py\n",
}
# Texts of docs/troubleshooting.md that are not ours: of Python, systemd, OpenSSL and AWS.
FOREIGN = re.compile(r"^([A-Z]\w+|exit status \d+|Temporary failure .*|certificate verify failed)$")


def by_name(path: Path) -> str:
    return path.name


# docs/fleet.md has test_fleet.py, and needs another AWS.
FOLLOWED = [page for page in PAGES if page.name != "fleet.md"]


@pytest.mark.slow
@pytest.mark.parametrize("page", FOLLOWED, ids=by_name)
def test_a_page_does_what_it_says(page: Path, desk: Desk) -> None:
    desk.follow(page)


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_all_code_of_a_page_is_fenced_and_run(page: Path) -> None:
    text = page.read_text()
    blocks = read_blocks(text)
    assert 2 * len(blocks) == len(re.findall(r"^ *```", text, re.MULTILINE))
    assert {block.language for block in blocks} <= LANGUAGES
    # Output and drawings alone.
    for block in blocks:
        if block.language == "text":
            assert not re.search(r"^(make|pip|edgemote|python|\$) ", block.text, re.MULTILINE)
    outside = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"\n\n {4,}[^ *-]", outside), "code that is indented, not fenced"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]*)(?:#[^)]*)?\)", page.read_text()):
        if target and not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in readme


def test_the_readme_and_contributing_are_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= README_BYTES
    contributing = (ROOT / "CONTRIBUTING.md").read_text().splitlines()
    assert len(contributing) <= CONTRIBUTING_LINES


@pytest.mark.parametrize("example", EXAMPLES, ids=by_name)
def test_an_example_runs(example: Path, desk: Desk, cloud: Cloud) -> None:
    """The commands are those of its docstring."""
    source = example.read_text()
    desk.write(example.name, source)
    if example.name == "download_new.py":
        for key in ("models/gate-2", "models/../gate-3", "models/"):
            cloud.call("s3", "put_object", Bucket="dock-logs", Key=key, Body=key.encode())
    commands = "\n".join(re.findall(r"^    (\S.*)$", source.split('"""')[1], re.MULTILINE))
    assert f"python3 {example.name}" in commands
    bash = ["bash", "-euxo", "pipefail", "-c", desk.localize(commands)]
    said = desk.run(bash, example.name, endless="agent.step" in source)
    assert said.endswith(PRINTED[example.name])
    if example.name == "upload_download.py":
        assert (desk.folder / "copy.py").read_bytes() == example.read_bytes()
        found = cloud.call("s3", "get_object", Bucket="dock-logs", Key=f"cam-7/{example.name}")
        assert found["Body"].read() == example.read_bytes()
    if example.name == "upload_with_progress.py":
        found = cloud.call("s3", "get_object", Bucket="dock-logs", Key=f"cam-7/{example.name}")
        assert (found["Body"].read(), found["ContentType"]) == (example.read_bytes(), "text/plain")
    if example.name == "download_new.py":
        assert (desk.folder / "new-models/gate-2").read_bytes() == b"models/gate-2"
        assert os.listdir(desk.folder / "new-models") == ["gate-2"]


@cache
def read_texts() -> str:
    """All that the code may say."""
    folders = ("runtime", "codegen", "generated/aws")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    return "\n".join(
        [path.read_text() for path in files if path.suffix == ".j2"]
        + [
            node.value
            for path in files
            if path.suffix == ".py"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    )


def test_every_error_of_the_troubleshooting_page_is_in_the_code() -> None:
    """Between `…`, word for word; so the page follows when a text changes."""
    texts = read_texts()
    page = (ROOT / "docs/troubleshooting.md").read_text()
    rows = re.findall(r"^\| (.*?) \| ", page, re.MULTILINE)
    quoted = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    assert len(quoted) > 40
    for text in quoted:
        for part in filter(None, (piece.strip() for piece in text.split("…"))):
            assert FOREIGN.match(part) or part in texts, f"{text!r}: no error has {part!r}"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_names_on_a_page_exist(page: Path) -> None:
    """Environment variables, keys of the configuration and limits."""
    text, texts = page.read_text(), read_texts()
    for name in re.findall(r"`(AWS_[A-Z_]*[A-Z])\b", text):
        assert name in texts, name
    keys = {key for key, _, _ in list_keys()}
    sections = "|".join({key.partition(".")[0] for key in keys})
    for key in re.findall(rf"`((?:{sections})\.(?!py)[a-z_]+)[` ]", text):
        assert key in keys, key
    for name in re.findall(r"`limits\.([A-Z_]+)`", text):
        assert hasattr(limits, name), name


def test_what_boto3_is_told_and_what_connect_is_told_are_arguments_of_both() -> None:
    rows = re.findall(
        r"^\| (.*) \| (.*) \|$", (ROOT / "docs/from-boto3.md").read_text(), re.MULTILINE
    )
    ours = inspect.signature(connect).parameters
    configs = 0
    for theirs, cell in rows:
        for text in re.findall(r"`(Config\(.*?\))`", theirs):
            eval(text, {"Config": BotocoreConfig})
            configs += 1
        for name in re.findall(r"`(\w+)=", cell):
            assert name in ours, name
    assert configs >= 5


def test_the_client_page_has_the_names_and_defaults_of_today() -> None:
    page = (ROOT / "docs/client.md").read_text()
    ours = inspect.signature(connect).parameters
    defaults = re.findall(r"^\| `(\w+)` \| (\d+) \|", page, re.MULTILINE)
    assert len(defaults) == 4
    assert {name: int(default) for name, default in defaults} == {
        name: ours[name].default for name, _ in defaults
    }
    table = page.partition("| setting | argument |")[2].partition("\n\n")[0]
    for cell in re.findall(r"^\| [^|]* \|([^|]*)\|", table, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", cell):
            assert name in ours, name
    for name in edgemote.__all__:
        if name.endswith("Error") and name not in ("Error", "EdgemoteError"):
            assert f"`{name}`" in page, name
