"""A local SageMaker Edge Manager: real TLS, real signature checks, failures on request.

    with Endpoint(register=["dock/cam-7"]) as endpoint:
        client = connect(endpoint_url=endpoint.url, ca_file=endpoint.ca_file, ...)

`python -m endpoint --help` (with PYTHONPATH=tests) explains the command.
"""

from endpoint.answers import Answer, RefusedError
from endpoint.faults import FAULTS
from endpoint.server import Endpoint
from endpoint.signatures import Key
from endpoint.store import Store

__all__ = ["FAULTS", "Answer", "Endpoint", "Key", "RefusedError", "Store"]
