"""Download from Amazon S3 what is not in a folder yet.

    edgemote-codegen generate s3:ListObjectsV2,GetObject,HeadObject
    PYTHONPATH=generated python3 download_new.py dock-logs models/ new-models

The arguments are the bucket, the prefix of the keys, and the folder. A file has its name only once
it is complete and verified; a download that was interrupted continues where it ended.
"""

import os
import sys

import edgemote
import edgemote.s3
from aws.s3 import S3

bucket, prefix, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
s3 = edgemote.connect(S3, region="us-west-2")
count, token = 0, None
while True:
    more = {} if token is None else {"ContinuationToken": token}
    page = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, **more)
    for found in page.Contents or ():
        name = found.Key.removeprefix(prefix)
        # A key comes from the network: it must not lead out of the folder.
        if not name or "/" in name or name in (".", ".."):
            continue
        path = os.path.join(folder, name)
        if edgemote.s3.download_file(s3, bucket, found.Key, path, on_exists="skip") is not None:
            count += 1
    token = page.NextContinuationToken
    if token is None:
        break
print(f"{count} new files")
