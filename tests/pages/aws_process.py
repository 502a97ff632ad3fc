"""The AWS CLI, without the second that it takes to start: one process that forks for each command.

python aws_cli.py --serve SOCKET       in the environment of the AWS CLI; ends with its input
python aws_cli.py SOCKET COMMAND...    what `aws COMMAND...` does
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import sys
import traceback
from typing import NoReturn

_LIMIT_BYTES = 1 << 20


def serve(path: str) -> None:
    import threading

    import awscli.clidriver

    # What every command needs is imported before the first one.
    session = awscli.clidriver.create_clidriver().session
    session.create_client("sts", "us-west-2", aws_access_key_id="a", aws_secret_access_key="b")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # commands are nobody's zombies
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    threading.Thread(target=_end_with_input, daemon=True).start()
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            _run(connection)
        connection.close()


def _end_with_input() -> NoReturn:
    sys.stdin.read()
    os._exit(0)


def _run(connection: socket.socket) -> NoReturn:
    import awscli.clidriver

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 255
    try:
        data, ancillary, _, _ = connection.recvmsg(_LIMIT_BYTES, socket.CMSG_SPACE(3 * 4))
        files = array.array("i", ancillary[0][2])
        for number, file in enumerate(files):
            os.dup2(file, number)
        folder, environment, words = json.loads(data)
        os.chdir(folder)
        models = os.environ["AWS_DATA_PATH"]  # the CLI has set it for itself
        os.environ.clear()
        os.environ.update(environment, AWS_DATA_PATH=models)
        status = awscli.clidriver.create_clidriver().main(words)
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except Exception:
        traceback.print_exc()
    finally:
        connection.sendall(bytes([status]))
        os._exit(0)


def ask(path: str, words: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        data = json.dumps([os.getcwd(), dict(os.environ), words]).encode()
        files = array.array("i", [0, 1, 2])
        connection.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        status = connection.recv(1)
    return status[0] if status else 255


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
    else:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
