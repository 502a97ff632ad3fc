"""Credentials from a program, named by a profile's credential_process.

Source: "Source credentials with an external process" in the AWS SDKs and tools guide. The program
runs without a shell and without a terminal. No error quotes its output, which may contain secrets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edgemote.credentials.provider import (
    BYTE_ORDER_MARK,
    Refreshing,
    make_credentials,
    parse_expiration,
)
from edgemote.errors import ConfigError, CredentialsError

if TYPE_CHECKING:
    import subprocess

    from aws.sigv4 import Credentials
    from edgemote.credentials.provider import Provider, ProviderContext

TIME_LIMIT_S = 60.0  # from start to end; botocore waits forever
OUTPUT_LIMIT_BYTES = 65_536  # session tokens are some 1,000 bytes long


def find(context: ProviderContext) -> Provider:
    """Return a provider that runs the profile's credential_process. Raises ConfigError."""
    command = context.read_profile()["credential_process"]
    where = context.shared.origin(context.profile_name, "credential_process")
    if not isinstance(command, str) or not command.strip():
        raise ConfigError(f"{where}: expected a command, got {type(command).__name__}")
    argv = split_command(command, where)
    return Refreshing(lambda _now_s: fetch(argv, where))


def split_command(command: str, where: str) -> list[str]:
    """Split a command line by a shell's quoting rules. Raises ConfigError for an open quote."""
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:
        raise ConfigError(f"{where}: a quotation mark is not closed") from None
    if not words:
        raise ConfigError(f"{where}: expected a command, got an empty one")
    return words


def fetch(
    argv: list[str], where: str, time_limit_s: float = TIME_LIMIT_S
) -> tuple[Credentials, float | None]:
    """Run the program; return its credentials, and when they expire, None for never.

    Raises CredentialsError, with `where` in its text, if the program does not start, fails, takes
    too long, writes too much, or writes something else than version 1 of the protocol.
    """
    import msgspec

    class Output(msgspec.Struct):
        Version: float
        AccessKeyId: str
        SecretAccessKey: str
        SessionToken: str | None = None
        Expiration: str | None = None

    printed, output = _run(argv, where, time_limit_s), None
    try:
        output = msgspec.json.decode(printed.removeprefix(BYTE_ORDER_MARK), type=Output)
    except msgspec.MsgspecError as error:  # its text names fields and types, not values
        raise CredentialsError(f"{where}: unusable output of the program: {error}") from None
    except UnicodeDecodeError:  # which has all of it, and would be the context of what is raised
        pass
    except RecursionError:
        raise CredentialsError(f"{where}: the program's output is nested too deeply") from None
    if output is None:
        raise CredentialsError(f"{where}: the program's output is not UTF-8 text")
    if output.Version != 1:
        raise CredentialsError(f"{where}: the program's output is not Version 1")
    expires_s = (
        parse_expiration(f"{where}: Expiration", output.Expiration) if output.Expiration else None
    )
    credentials = make_credentials(
        where, output.AccessKeyId, output.SecretAccessKey, output.SessionToken
    )
    return credentials, expires_s


def _run(argv: list[str], where: str, time_limit_s: float) -> bytes:
    import subprocess

    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that its children can be ended with it
        )
    except OSError as error:
        raise CredentialsError(f"{where}: cannot start the program: {error.strerror}") from None
    except ValueError:
        raise CredentialsError(
            f"{where}: cannot start the program: its command line holds a zero byte"
        ) from None
    try:
        output = _read_output(process, where, time_limit_s)
    except BaseException:
        _end(process)
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()
    if process.returncode:
        raise CredentialsError(f"{where}: the program ended with status {process.returncode}")
    return output


def _read_output(process: subprocess.Popen[bytes], where: str, time_limit_s: float) -> bytes:
    import select
    import subprocess
    import time

    assert process.stdout is not None
    deadline_s = time.monotonic() + time_limit_s
    late = CredentialsError(f"{where}: the program took longer than {time_limit_s:g} s")
    descriptor = process.stdout.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    output = bytearray()
    while True:
        remaining_s = deadline_s - time.monotonic()
        if remaining_s <= 0 or not poll.poll(remaining_s * 1000):
            raise late
        chunk = os.read(descriptor, OUTPUT_LIMIT_BYTES)
        if not chunk:
            break
        output += chunk
        if len(output) > OUTPUT_LIMIT_BYTES:
            raise CredentialsError(
                f"{where}: the program wrote more than {OUTPUT_LIMIT_BYTES} bytes"
            )
    try:
        process.wait(max(0.0, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise late from None
    return bytes(output)


def _end(process: subprocess.Popen[bytes]) -> None:
    import signal

    if process.returncode is None:  # not waited for, so its group's id cannot be someone else's
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except PermissionError:  # it runs as another user by now, so waiting might never end
            return
        process.wait()
