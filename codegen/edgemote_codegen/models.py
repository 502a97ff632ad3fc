"""Reads service models: botocore's, or the user's own files."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

from .customizations import rename_members
from .errors import CodegenError, ModelError
from .ir import Model

_RULE_SET = "endpoint-rule-set-1"
# Fifteen times the largest model of botocore.
_LIMIT_BYTES = 67_108_864
PAGINATORS, WAITERS = EXTRAS = "paginators-1", "waiters-2"


@lru_cache(maxsize=1)
def _loader() -> Loader:
    # Models in ~/.aws/models are ignored, so that the same command gives the same bytes everywhere.
    return Loader(include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH])


def list_services() -> list[str]:
    """Return the names of all services with a model in botocore."""
    return list(_loader().list_available_services("service-2"))


def load_model(name: str, files: Mapping[str, Path]) -> Model:
    """Return the latest model of a service: from `files` if it is listed there, else botocore's."""
    if name in files:
        return read_model_file(name, files[name])
    file = _find_builtin(name, files)
    version = file.parent.name
    return Model(
        name=name,
        origin=f"botocore/data/{name}/{version}/service-2.json",
        sha256=hashlib.sha256(_unpacked(file)).hexdigest(),
        content=rename_members(name, _loader().load_service_model(name, "service-2", version)),
        rule_set=_read_rule_set(file.parent),
    )


def _find_builtin(name: str, others: Iterable[str]) -> Path:
    """Return botocore's latest model of a service. `others` are further names for suggestions."""
    if name not in list_services():
        raise CodegenError(
            f"unknown service {name!r}{suggest(name, [*list_services(), *others])}; "
            "`edgemote-codegen list` lists them"
        )
    version = _loader().determine_latest_version(name, "service-2")
    folder = Path(Loader.BUILTIN_DATA_PATH) / name / version
    return next(path for path in _name_twice(folder, "service-2") if path.exists())


def load_extra(name: str, files: Mapping[str, Path], kind: str) -> Mapping[str, Any]:
    """Return `paginators-1` or `waiters-2` of a service, from the folder of the user's model, else
    from botocore; {} if it has none.
    """
    if name not in files:
        version = _loader().determine_latest_version(name, "service-2")
        try:
            return dict(_loader().load_service_model(name, kind, version))
        except (DataNotFoundError, UnknownServiceError):
            return {}
    for path in _name_twice(files[name].parent, kind):
        if path.exists():
            content = _parse_json(str(path), _unpacked(path))
            if not isinstance(content, dict):
                raise ModelError(str(path), "$", "expected an object")
            return content
    return {}


def hash_inputs(name: str, files: Mapping[str, Path]) -> str:
    """Return one hash of a service's inputs: its model, botocore's additions to it, its endpoint
    rules and the partitions.
    """
    path = files.get(name) or _find_builtin(name, files)
    data = Path(Loader.BUILTIN_DATA_PATH)
    parts = [path, *_name_twice(path.parent, _RULE_SET), data / "partitions.json"]
    parts += [part for kind in EXTRAS for part in _name_twice(path.parent, kind)]
    parts += sorted(path.parent.glob("*.sdk-extras.json*"))
    found = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if part.is_file() else b""
        found.update(b"%d:" % len(content) + content)
    return found.hexdigest()


def _name_twice(folder: Path, stem: str) -> tuple[Path, Path]:
    """Return the two names of a JSON file: plain and compressed."""
    return folder / f"{stem}.json", folder / f"{stem}.json.gz"


def read_model_file(name: str, path: Path) -> Model:
    """Read the user's service-2.json(.gz), and endpoint-rule-set-1.json beside it, if any."""
    text = _unpacked(path)
    content = _parse_json(str(path), text)
    if not isinstance(content, dict):
        raise ModelError(str(path), "$", f"expected an object, got {_json_type(content)}")
    return Model(
        name=name,
        origin=str(path),
        sha256=hashlib.sha256(text).hexdigest(),
        content=content,
        rule_set=_read_rule_set(path.parent),
    )


def _read_rule_set(folder: Path) -> Mapping[str, Any] | None:
    for path in _name_twice(folder, _RULE_SET):
        if path.exists():
            rule_set = _parse_json(str(path), _unpacked(path))
            if not isinstance(rule_set, dict):
                raise ModelError(str(path), "$", "expected an object")
            return rule_set
    return None


def load_partitions() -> Mapping[str, Any]:
    """Return botocore's partitions.json: regions by partition, and their host name suffixes."""
    return dict(_loader().load_data("partitions"))


def check_regions(regions: Iterable[str]) -> None:
    """Raise CodegenError for a region that is not in botocore's partitions."""
    known = {name for partition in load_partitions()["partitions"] for name in partition["regions"]}
    for region in regions:
        if region not in known:
            raise CodegenError(f"unknown region {region!r}{suggest(region, known)}")


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content: bytes = file.read(_LIMIT_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise CodegenError(
            f"cannot read the model {path}: it is not a complete gzip file"
        ) from None
    except OSError as error:
        raise CodegenError(f"cannot read the model {path}: {error.strerror}") from None
    if len(content) > _LIMIT_BYTES:
        raise CodegenError(f"cannot read the model {path}: it exceeds {_LIMIT_BYTES} bytes")
    return content


def _parse_json(origin: str, text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise ModelError(origin, "$", "is nested too deeply") from None
    except UnicodeDecodeError:
        raise ModelError(origin, "$", "is not JSON: it is not in UTF-8") from None
    except msgspec.DecodeError as error:
        raise ModelError(origin, "$", f"is not JSON: {error}") from None


def _json_type(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def suggest(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean a, b?", or "" without similar names."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(by_lower[match] for match in near)}?" if near else ""
