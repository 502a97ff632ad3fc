"""Upload a file of any size to Amazon S3 and show how far it is.

    edgemote-codegen generate s3:PutObject,CreateMultipartUpload,UploadPart,CompleteMultipartUpload,AbortMultipartUpload
    PYTHONPATH=generated python3 upload_with_progress.py upload_with_progress.py dock-logs

The arguments are the file and the bucket. If the program is stopped, the same command continues the
upload with the first part that is missing.
"""  # noqa: E501

import os
import sys

import edgemote
import edgemote.s3
from aws.s3 import S3

path, bucket = sys.argv[1:]
key = f"cam-7/{os.path.basename(path)}"


def show(done, total):
    print(f"\r{key}: {100 * done // total} %", end="", file=sys.stderr, flush=True)


s3 = edgemote.connect(S3, region="us-west-2")
result = edgemote.s3.upload_file(s3, path, bucket, key, progress=show, ContentType="text/plain")
print(f"\nuploaded s3://{bucket}/{key}")
