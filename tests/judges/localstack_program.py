"""What runs in localstack's environment: answers questions of `judges.localstack` on its pipes."""

from __future__ import annotations

import os
import pickle
import sys
from urllib.parse import unquote, urlsplit


def main():
    # What localstack prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    session = Session()
    while True:
        try:
            what, *arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(getattr(session, what)(*arguments), answers)
        answers.flush()


class Session:
    """One service in one protocol."""

    def open(self, service, protocol):
        from localstack.aws.protocol.parser import create_parser
        from localstack.aws.protocol.serializer import create_serializer
        from localstack.aws.spec import load_service

        self.model = load_service(service)
        self.protocol = protocol
        self.parser = create_parser(self.model, protocol)
        self.serializer = create_serializer(self.model, protocol)

    def read(self, method, url, headers, body):
        from localstack.http import Request

        parts = urlsplit(url)
        path = parts.path or "/"
        query = f"?{parts.query}" if parts.query else ""
        request = Request(
            method=method,
            path=unquote(path),
            raw_path=path + query,
            query_string=parts.query,
            headers={**headers, "Host": parts.netloc},
            body=body,
        )
        try:
            operation, params = self.parser.parse(request)
        except Exception as error:
            return "", None, f"{type(error).__name__}: {error}"
        return operation.name, make_plain(params), ""

    def write(self, operation, result):
        model = self.model.operation_model(operation)
        return self._answer(
            lambda: self.serializer.serialize_to_response(result, model, {}, "4442587f-b7d0-11e5")
        )

    def refuse(self, operation, code, message, members):
        from localstack.aws.api import CommonServiceException

        error = CommonServiceException(code, message, 400, True)
        for name, value in members.items():
            setattr(error, name, value)
        model = self.model.operation_model(operation)
        return self._answer(
            lambda: self.serializer.serialize_error_to_response(error, model, {}, "4442587f")
        )

    def _answer(self, serialize):
        try:
            response = serialize()
            return response.status_code, dict(response.headers), response.get_data(), ""
        except Exception as error:
            return 0, {}, b"", f"{type(error).__name__}: {error}"


def make_plain(value):
    """Parameters that can be sent on: bodies are read."""
    if isinstance(value, dict):
        return {key: make_plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [make_plain(part) for part in value]
    return value.read() if hasattr(value, "read") else value


if __name__ == "__main__":
    main()
