"""Files both ways with edgemote.s3. Arguments: the URL, the folder, the keys to transfer."""

import os
import sys

import edgemote
import edgemote.s3
from aws.s3 import S3


def mark():
    os.getpriority(os.PRIO_PROCESS, 0)


url, folder, *keys = sys.argv[1:]
credentials = edgemote.Credentials("AKIDEXAMPLE", "secret")
with edgemote.connect(S3, region="us-west-2", endpoint_url=url, credentials=credentials) as client:
    for key in keys:
        edgemote.s3.upload_file(client, f"{folder}/{key}", "bucket", key, threshold_bytes=1 << 20)
        with open("/dev/null", "wb") as file:
            edgemote.s3.download_fileobj(client, "bucket", key, file)
        mark()
