"""Upload and download files of any size in constant memory, resuming after a restart."""

import os
from fcntl import LOCK_EX, LOCK_NB, flock

from edgemote.errors import ConfigError, EdgemoteError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edgemote.s3.download import download_file, download_fileobj
    from edgemote.s3.upload import abort_upload, upload_file, upload_fileobj

__all__ = [
    "TransferError",
    "abort_upload",
    "download_file",
    "download_fileobj",
    "upload_file",
    "upload_fileobj",
]


CUSTOMER_KEY = ("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5")


class TransferError(EdgemoteError):
    """A file cannot be transferred: it changed during the transfer, or is too large for S3."""


def require(client: "Any", *operations: str) -> None:
    """Raise ConfigError if the client was generated without one of the operations."""
    missing = [
        name
        for name in operations
        if not hasattr(client, "".join(f"_{c.lower()}" if c.isupper() else c for c in name)[1:])
    ]
    if missing:
        raise ConfigError(
            f"a transfer calls {', '.join(missing)}, which this client does not have: add this to "
            '"s3:..." in services of [tool.edgemote], and generate again'
        )


def check_choice(on_exists: str) -> None:
    """Raise ConfigError unless on_exists has one of its three values."""
    if on_exists not in ("replace", "skip", "error"):
        raise ConfigError(
            f"argument on_exists: expected replace, skip or error, got {on_exists!r:.80}"
        )


def read_path(argument: str, path: "Any") -> str:
    """Return a path as a string. Raises ConfigError for what cannot be one."""
    try:
        text = os.fsdecode(path)
        os.fsencode(text)  # may fail
        if "\0" not in text:
            return text
    except (TypeError, ValueError):
        pass
    raise ConfigError(f"argument {argument}: expected the path of a file, got {path!r:.80}")


def check_sizes(**sizes: object) -> None:
    """Raise ConfigError unless these arguments are numbers of bytes."""
    for name, size in sizes.items():
        if type(size) is not int or size < 0:
            raise ConfigError(f"argument {name}: expected a number of bytes, got {size!r:.80}")


def sync_folder(path: str) -> None:
    """Flush the names in a folder to the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def lock(descriptor: int, path: str) -> bool:
    """Lock an open file, unless another process has. False too if the path is not its any more."""
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError:  # a file system without locks
        return True


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "edgemote.s3.download" if name.startswith("down") else "edgemote.s3.upload"
    return getattr(__import__(home, fromlist=(name,)), name)
