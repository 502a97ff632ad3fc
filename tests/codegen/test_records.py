"""Of many services, only those that changed are made again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from edgemote_codegen import generation, records
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.generation import make_changed
from edgemote_codegen.ir import Selection
from edgemote_codegen.output import write_files
from edgemote_codegen.tasks import Made, Task

CASES = Path(__file__).parent / "cases"
# One of the user's own beside botocore's.
SERVICES = (
    "account iot-jobs-data kinesis-video-media mediastore-data minimal sagemaker-edge "
    "sagemaker-metrics workmailmessageflow"
).split()


def make_tasks(model: Path, command: str = "tests") -> list[Task]:
    return [
        Task(Selection(service), {"minimal": model}, None, True, 500, command, False)
        for service in SERVICES
    ]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Generate into `tmp_path / "out"`; returns the services that were made, and not taken as they
    lay there.
    """
    made: list[str] = []

    def make_services(tasks: Sequence[Task]) -> Iterator[Made]:
        made.extend(task.selection.service for task in tasks)
        return map(generation.make_service, tasks)

    monkeypatch.setattr(generation, "make_services", make_services)
    model = tmp_path / "model.json"
    model.write_bytes((CASES / "minimal" / "model.json").read_bytes())

    def generate(*, keep: bool = True, count: int = len(SERVICES), **options: str) -> list[str]:
        made.clear()
        files: dict[str, str] = {}
        for each in make_changed(make_tasks(model, **options)[:count], tmp_path / "out", keep=keep):
            assert not each.error
            files |= each.files
        if keep:
            write_files(tmp_path / "out", files)
        return list(made)

    return generate


def test_what_is_unchanged_is_not_made_again(run: Callable[..., list[str]], tmp_path: Path) -> None:
    assert run() == SERVICES
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.py*")}
    assert len(before) > 40
    assert run() == []
    assert run(keep=False) == []
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.py*")} == before


def test_a_changed_model_makes_its_service_anew(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    run()
    model = tmp_path / "model.json"
    content = json.loads(model.read_text())
    content["metadata"]["serviceFullName"] = "Another Name"
    model.write_text(json.dumps(content))
    assert run() == ["minimal"]
    assert "Another Name" in (tmp_path / "out/aws/minimal/client.py").read_text()
    rules = tmp_path / "endpoint-rule-set-1.json"
    rules.write_bytes((CASES / "endpoint_rules" / "endpoint-rule-set-1.json").read_bytes())
    assert run(keep=False) == ["minimal"]


def test_a_file_that_was_changed_or_lost_is_made_anew(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    run()
    client = tmp_path / "out/aws/account/client.py"
    whole = client.read_bytes()
    client.write_bytes(whole + b"\n")
    assert run() == ["account"]
    assert client.read_bytes() == whole
    client.unlink()
    assert run() == ["account"]
    assert client.read_bytes() == whole


def test_another_command_or_generator_makes_all_anew(
    run: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    assert run(command="others") == SERVICES
    assert run(command="others") == []
    monkeypatch.setattr(records, "_hash_generator", lambda: "another")
    assert run(command="others") == SERVICES


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"account": {}}', b"\xff", b"[" * 9000])
def test_a_damaged_record_is_none(
    run: Callable[..., list[str]], tmp_path: Path, text: bytes
) -> None:
    run()
    (tmp_path / "out" / records.NAME).write_bytes(text)
    assert run() == SERVICES


def test_a_service_that_is_none_is_told_as_among_few(tmp_path: Path) -> None:
    tasks = [*make_tasks(tmp_path), Task(Selection("lgos"), {}, None, True, 500, "tests", False)]
    with pytest.raises(CodegenError, match="unknown service 'lgos'; did you mean logs"):
        list(make_changed(tasks[:4] + tasks[5:], tmp_path, keep=True))
    assert not (tmp_path / records.NAME).exists()


def test_a_check_and_a_few_services_leave_no_record(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert run(keep=False) == SERVICES
    assert not (tmp_path / "out").exists()
    assert run(count=3) == SERVICES[:3]
    assert run(count=3) == SERVICES[:3]
    assert not (tmp_path / "out" / records.NAME).exists()


def test_every_file_of_the_generator_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "edgemote_codegen"
    shutil.copytree(Path(records.__file__).parent, copy)
    monkeypatch.setattr(records, "__file__", str(copy / "records.py"))
    hashes = set()
    for name in ("records.py", "templates/client.py.j2", "static/aws/errors.py", "new.py"):
        with (copy / name).open("a") as file:
            file.write("\n")
        records._hash_generator.cache_clear()
        hashes.add(records._hash_generator())
    records._hash_generator.cache_clear()
    assert len(hashes) == 4
