"""Two S3 servers of different make, in Go, that verify signatures, as a fixture."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import trustme

import edgemote
import s3_server
from aws.s3_whole import S3
from judges import seaweedfs

REGION = "us-west-2"
WEST = {"LocationConstraint": REGION}


class Server(NamedTuple):
    """A server that listens twice."""

    name: str
    url: str
    secure_url: str
    keys: edgemote.Credentials
    ca_file: str

    def connect(self, url: str = "", **options: Any) -> S3:
        return edgemote.connect(
            S3,
            region=REGION,
            endpoint_url=url or self.url,
            credentials=options.pop("credentials", self.keys),
            ca_file=self.ca_file,
            **options,
        )


@pytest.fixture(scope="module", params=["rclone", "seaweedfs"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp(request.param)
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    files = {name: folder / f"{name}.pem" for name in ("ca", "cert", "key")}
    authority.cert_pem.write_to_path(str(files["ca"]))
    issued.cert_chain_pems[0].write_to_path(str(files["cert"]))
    issued.private_key_pem.write_to_path(str(files["key"]))
    tls = {"cert_file": files["cert"], "key_file": files["key"]}
    ca_file = str(files["ca"])
    with contextlib.ExitStack() as opened:
        if request.param == "rclone":
            plain = opened.enter_context(s3_server.serve(folder / "plain"))
            secure = opened.enter_context(s3_server.serve(folder / "secure", **tls))
            urls = plain.url, secure.url
            keys = edgemote.Credentials(s3_server.KEY_ID, s3_server.SECRET)
        else:
            urls = opened.enter_context(seaweedfs.serve(folder / "weed", **tls))
            keys = edgemote.Credentials(seaweedfs.KEY_ID, seaweedfs.SECRET)
        found = Server(request.param, *urls, keys, ca_file)
        for url in urls:
            with found.connect(url) as client:
                try:
                    client.create_bucket(Bucket="bucket", CreateBucketConfiguration=WEST)
                except client.exceptions.BucketAlreadyOwnedByYou:
                    assert found.name == "seaweedfs"  # one store behind both
        yield found
