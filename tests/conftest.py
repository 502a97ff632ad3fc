"""The services on which the generator proves itself are generated once for each run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

import aws

SERVICES = [
    "sagemaker-edge",
    "iot-jobs-data",
    "iot-data",
    "iot",
    "ssm",
    "secretsmanager",
    "dynamodb",
    "sqs",
    "kinesis",
    "logs",
    "lambda",
    "cloudwatch",
]
# Not the lightest that the service lists, so that this codec is there to be tested.
_PROTOCOLS = {"cloudwatch": "smithy-rpc-v2-cbor"}

# Where a change is judged, the same examples each time; elsewhere new ones are looked for.
settings.register_profile("judged", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("judged" if os.environ.get("CI") else "exploring")

_FOLDER = "EDGEMOTE_TEST_CLIENTS"


def pytest_configure(config: pytest.Config) -> None:
    if _FOLDER not in os.environ:  # set in the workers of pytest-xdist, which inherit it
        from edgemote_codegen.ir import Selection
        from edgemote_codegen.lowering import lower_service
        from edgemote_codegen.models import load_model, load_partitions
        from edgemote_codegen.output import write_files
        from edgemote_codegen.rendering import render_services
        from edgemote_codegen.selection import select

        folder = tempfile.TemporaryDirectory(prefix="edgemote-clients-")
        config.add_cleanup(folder.cleanup)
        partitions = load_partitions()
        services = [
            lower_service(
                select(
                    load_model(selection.service, {}),
                    selection.operations,
                    _PROTOCOLS.get(selection.service),
                ),
                partitions,
                with_docs=False,
                command="tests",
            )
            # IAM for the texts that boto3 decodes
            for selection in [*map(Selection, SERVICES), Selection("iam", ("GetRole",))]
        ]
        write_files(Path(folder.name), render_services(services, partitions))
        os.environ[_FOLDER] = folder.name
        config.add_cleanup(lambda: os.environ.pop(_FOLDER, None))
    # The committed package comes first: its static modules and sagemaker_edge are what is tested.
    generated = str(Path(os.environ[_FOLDER]) / "aws")
    if generated not in aws.__path__:
        aws.__path__.append(generated)


@pytest.fixture(scope="session")
def clients_folder() -> Path:
    """Folder with the package aws of all these services."""
    return Path(os.environ[_FOLDER])
