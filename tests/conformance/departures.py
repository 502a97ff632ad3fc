"""Where we differ from botocore on purpose."""

from __future__ import annotations

# (service, operation or *) -> what we do, and what botocore does.
DEPARTURES: dict[tuple[str, str], str] = {
    **dict.fromkeys(
        [("s3", "ListObjects"), ("s3", "ListObjectsV2"), ("s3", "ListObjectVersions")],
        "keys come as XML writes them; botocore, whose parser refuses some, asks for URL encoding",
    ),
    **dict.fromkeys(
        [("s3", "PutObject"), ("s3", "PutObjectAnnotation"), ("s3", "UploadPart")],
        "with a Content-MD5 beside a checksum of the caller's the body is signed all the same",
    ),
    (
        "s3",
        "WriteGetObjectResponse",
    ): "its body is not signed, as the model says; botocore signs it",
    ("s3", "GetBucketNotification"): (
        "of several events the old, single member has the first; botocore hands on its XML nodes"
    ),
    ("signin", "CreateOAuth2TokenWithTokenExchange"): (
        "not signed, as its trait noAuth says, for it is called to get keys; botocore signs it for "
        "the scheme of the endpoint"
    ),
    ("bedrock-agentcore", "GetAgentCard"): (
        "no body is no document; botocore makes an empty object of it"
    ),
    ("cloudsearchdomain", "Search"): (
        "the model's GET with a query; botocore moves the query into the form of a POST"
    ),
    ("health", "*"): (
        "a region's host is signed for its region, as the rules leave it and as an older table of "
        "endpoints has it for us-east-2, the one that it names; botocore signs all for us-east-1, "
        "which that table has for the global host"
    ),
}


# The same, of presigned URLs.
URL_DEPARTURES: dict[tuple[str, str], str] = {
    ("codeartifact", "PublishPackageVersion"): (
        "the hash of the body is signed, and not the header that may hold it; botocore signs both"
    ),
}

# Where the second judge reads botocore's request as it was meant, and not ours.
MISREAD: dict[tuple[str, str], str] = {
    ("codeartifact", "PublishPackageVersion"): "the hash that is sent is that of the body",
    ("sesv2", "SendEmail"): "with an EndpointId it wants signatures of version 4a",
}
