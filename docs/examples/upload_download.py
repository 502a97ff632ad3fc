"""Upload a file to Amazon S3 and download it again, without holding it in memory.

    edgemote-codegen generate s3:PutObject,GetObject
    PYTHONPATH=generated python3 upload_download.py dock-logs upload_download.py copy.py

The arguments are the bucket, the file to upload and the file to write.
"""

import os
import sys

import edgemote
from aws.s3 import S3

CHUNK_BYTES = 65_536
bucket, source, copy = sys.argv[1:]
key = f"cam-7/{os.path.basename(source)}"
s3 = edgemote.connect(S3, region="us-west-2")

with open(source, "rb") as file:
    s3.put_object(Bucket=bucket, Key=key, Body=file, ChecksumAlgorithm="SHA256")

# The checksum is verified at the end of the body: a damaged one raises edgemote.ProtocolError.
result = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
partial = copy + ".partial"
with result.Body as body, open(partial, "wb") as file:
    while chunk := body.read(CHUNK_BYTES):
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
os.replace(partial, copy)
print(f"{os.path.getsize(copy)} bytes")
