# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""Operations and client of Amazon Simple Storage Service."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

GET_OBJECT: Operation[shapes.GetObjectOutput]
HEAD_OBJECT: Operation[shapes.HeadObjectOutput]
PUT_OBJECT: Operation[shapes.PutObjectOutput]

class _Exceptions:
    EncryptionTypeMismatch: type[errors.EncryptionTypeMismatch]
    InvalidObjectState: type[errors.InvalidObjectState]
    InvalidRequest: type[errors.InvalidRequest]
    InvalidWriteOffset: type[errors.InvalidWriteOffset]
    NoSuchKey: type[errors.NoSuchKey]
    TooManyParts: type[errors.TooManyParts]

class S3(Client):
    """Client of Amazon Simple Storage Service. `edgemote.connect(S3)` makes it."""

    exceptions: _Exceptions

    def get_object(self, **params: Unpack[_params.GetObjectParams]) -> shapes.GetObjectOutput:
        """Retrieves an object from Amazon S3.

        In the `GetObject` request, specify the full key name for the object.

        General purpose buckets - Both the virtual-hosted-style requests and the path-style requests
        are supported. For a virtual hosted-style request example, if you have the object
        `photos/2006/February/sample.jpg`, specify the object key name as
        `/photos/2006/February/sample.jpg`. For a path-style request example, if you have the object
        `photos/2006/February/sample.jpg` in the bucket named `examplebucket`, specify the object
        key name as `/examplebucket/photos/2006/February/sample.jpg`. For more information about
        request types, see HTTP Host Header Bucket Specification in the Amazon S3 User Guide.

        Directory buckets - Only virtual-hosted-style requests are supported. For a virtual
        hosted-style request example, if you have the object `photos/2006/February/sample.jpg` in
        the bucket named `amzn-s3-demo-bucket--usw2-az1--x-s3`, specify the object key name as
        `/photos/2006/February/sample.jpg`. Also, when you make requests to this API operation, your
        requests are sent to the Zonal endpoint. These endpoints support virtual-hosted-style
        requests in the format
        `https://bucket-name.s3express-zone-id.region-code.amazonaws.com/key-name`. Path-style
        requests are not supported. For more information about endpoints in Availability Zones, see
        Regional and Zonal endpoints for directory buckets in Availability Zones in the Amazon S3
        User Guide. For more information about endpoints in Local Zones, see Concepts for directory
        buckets in Local Zones in the Amazon S3 User Guide.

        Permissions

        General purpose bucket permissions - You must have the required permissions in a policy. To
        use `GetObject`, you must have the `READ` access to the object (or version). If you grant
        `READ` access to the anonymous user, the `GetObject` operation returns the object without
        using an authorization header. For more information, see Specifying permissions in a policy
        in the Amazon S3 User Guide.

        If you include a `versionId` in your request header, you must have the `s3:GetObjectVersion`
        permission to access a specific version of an object. The `s3:GetObject` permission is not
        required in this scenario.

        If you request the current version of an object without a specific `versionId` in the
        request header, only the `s3:GetObject` permission is required. The `s3:GetObjectVersion`
        permission is not required in this scenario.

        If the object that you request doesn’t exist, the error that Amazon S3 returns depends on
        whether you also have the `s3:ListBucket` permission.

        If you have the `s3:ListBucket` permission on the bucket, Amazon S3 returns an HTTP status
        code `404 Not Found` error.

        If you don’t have the `s3:ListBucket` permission, Amazon S3 returns an HTTP status code `403
        Access Denied` error.

        Directory bucket permissions - To grant access to this API operation on a directory bucket,
        we recommend that you use the `CreateSession` API operation for session-based authorization.
        Specifically, you grant the `s3express:CreateSession` permission to the directory bucket in
        a bucket policy or an IAM identity-based policy. Then, you make the `CreateSession` API call
        on the bucket to obtain a session token. With the session token in your request header, you
        can make API requests to this operation. After the session token expires, you make another
        `CreateSession` API call to generate a new session token for use. Amazon Web Services CLI or
        SDKs create session and refresh the session token automatically to avoid service
        interruptions when a session expires. For more information about authorization, see
        `CreateSession` .

        If the object is encrypted using SSE-KMS, you must also have the `kms:GenerateDataKey` and
        `kms:Decrypt` permissions in IAM identity-based policies and KMS key policies for the KMS
        key.

        Storage classes

        If the object you are retrieving is stored in the S3 Glacier Flexible Retrieval storage
        class, the S3 Glacier Deep Archive storage class, the S3 Intelligent-Tiering Archive Access
        tier, or the S3 Intelligent-Tiering Deep Archive Access tier, before you can retrieve the
        object you must first restore a copy using RestoreObject. Otherwise, this operation returns
        an `InvalidObjectState` error. For information about restoring archived objects, see
        Restoring Archived Objects in the Amazon S3 User Guide.

        Directory buckets - Directory buckets only support `EXPRESS_ONEZONE` (the S3 Express One
        Zone storage class) in Availability Zones and `ONEZONE_IA` (the S3 One Zone-Infrequent
        Access storage class) in Dedicated Local Zones. Unsupported storage class values won't write
        a destination object and will respond with the HTTP status code `400 Bad Request`.

        Encryption

        Encryption request headers, like `x-amz-server-side-encryption`, should not be sent for the
        `GetObject` requests, if your object uses server-side encryption with Amazon S3 managed
        encryption keys (SSE-S3), server-side encryption with Key Management Service (KMS) keys
        (SSE-KMS), or dual-layer server-side encryption with Amazon Web Services KMS keys
        (DSSE-KMS). If you include the header in your `GetObject` requests for the object that uses
        these types of keys, you’ll get an HTTP `400 Bad Request` error.

        Directory buckets - For directory buckets, there are only two supported options for
        server-side encryption: SSE-S3 and SSE-KMS. SSE-C isn't supported. For more information, see
        Protecting data with server-side encryption in the Amazon S3 User Guide.

        Overriding response header values through the request

        There are times when you want to override certain response header values of a `GetObject`
        response. For example, you might override the `Content-Disposition` response header value
        through your `GetObject` request.

        You can override values for a set of response headers. These modified response header values
        are included only in a successful response, that is, when the HTTP status code `200 OK` is
        returned. The headers you can override using the following query parameters in the request
        are a subset of the headers that Amazon S3 accepts when you create an object.

        The response headers that you can override for the `GetObject` response are `Cache-Control`,
        `Content-Disposition`, `Content-Encoding`, `Content-Language`, `Content-Type`, and
        `Expires`.

        To override values for a set of response headers in the `GetObject` response, you can use
        the following query parameters in the request.

        `response-cache-control`

        `response-content-disposition`

        `response-content-encoding`

        `response-content-language`

        `response-content-type`

        `response-expires`

        When you use these parameters, you must sign the request by using either an Authorization
        header or a presigned URL. These parameters cannot be used with an unsigned (anonymous)
        request.

        HTTP Host header syntax

        Directory buckets - The HTTP Host header syntax is
        `Bucket-name.s3express-zone-id.region-code.amazonaws.com`.

        The following operations are related to `GetObject`:

        ListBuckets

        GetObjectAcl

        You must URL encode any signed header values that contain spaces. For example, if your
        header value is `my file.txt`, containing two spaces after `my`, you must URL encode this
        value to `my%20%20file.txt`.

        Raises NoSuchKey, InvalidObjectState.

        https://docs.aws.amazon.com/goto/WebAPI/s3-2006-03-01/GetObject
        """

    def head_object(self, **params: Unpack[_params.HeadObjectParams]) -> shapes.HeadObjectOutput:
        """The `HEAD` operation retrieves metadata from an object without returning the object
        itself. This operation is useful if you're interested only in an object's metadata.

        A `HEAD` request has the same options as a `GET` operation on an object. The response is
        identical to the `GET` response except that there is no response body. Because of this, if
        the `HEAD` request generates an error, it returns a generic code, such as `400 Bad Request`,
        `403 Forbidden`, `404 Not Found`, `405 Method Not Allowed`, `412 Precondition Failed`, or
        `304 Not Modified`. It's not possible to retrieve the exact exception of these error codes.

        Request headers are limited to 8 KB in size. For more information, see Common Request
        Headers.

        Permissions

        General purpose bucket permissions - To use `HEAD`, you must have the `s3:GetObject`
        permission. You need the relevant read object (or version) permission for this operation.
        For more information, see Actions, resources, and condition keys for Amazon S3 in the Amazon
        S3 User Guide. For more information about the permissions to S3 API operations by S3
        resource types, see Required permissions for Amazon S3 API operations in the Amazon S3 User
        Guide.

        If the object you request doesn't exist, the error that Amazon S3 returns depends on whether
        you also have the `s3:ListBucket` permission.

        If you have the `s3:ListBucket` permission on the bucket, Amazon S3 returns an HTTP status
        code `404 Not Found` error.

        If you don’t have the `s3:ListBucket` permission, Amazon S3 returns an HTTP status code `403
        Forbidden` error.

        Directory bucket permissions - To grant access to this API operation on a directory bucket,
        we recommend that you use the `CreateSession` API operation for session-based authorization.
        Specifically, you grant the `s3express:CreateSession` permission to the directory bucket in
        a bucket policy or an IAM identity-based policy. Then, you make the `CreateSession` API call
        on the bucket to obtain a session token. With the session token in your request header, you
        can make API requests to this operation. After the session token expires, you make another
        `CreateSession` API call to generate a new session token for use. Amazon Web Services CLI or
        SDKs create session and refresh the session token automatically to avoid service
        interruptions when a session expires. For more information about authorization, see
        `CreateSession` .

        If you enable `x-amz-checksum-mode` in the request and the object is encrypted with Amazon
        Web Services Key Management Service (Amazon Web Services KMS), you must also have the
        `kms:GenerateDataKey` and `kms:Decrypt` permissions in IAM identity-based policies and KMS
        key policies for the KMS key to retrieve the checksum of the object.

        Encryption

        Encryption request headers, like `x-amz-server-side-encryption`, should not be sent for
        `HEAD` requests if your object uses server-side encryption with Key Management Service (KMS)
        keys (SSE-KMS), dual-layer server-side encryption with Amazon Web Services KMS keys
        (DSSE-KMS), or server-side encryption with Amazon S3 managed encryption keys (SSE-S3). The
        `x-amz-server-side-encryption` header is used when you `PUT` an object to S3 and want to
        specify the encryption method. If you include this header in a `HEAD` request for an object
        that uses these types of keys, you’ll get an HTTP `400 Bad Request` error. It's because the
        encryption method can't be changed when you retrieve the object.

        If you encrypt an object by using server-side encryption with customer-provided encryption
        keys (SSE-C) when you store the object in Amazon S3, then when you retrieve the metadata
        from the object, you must use the following headers to provide the encryption key for the
        server to be able to retrieve the object's metadata. The headers are:

        `x-amz-server-side-encryption-customer-algorithm`

        `x-amz-server-side-encryption-customer-key`

        `x-amz-server-side-encryption-customer-key-MD5`

        For more information about SSE-C, see Server-Side Encryption (Using Customer-Provided
        Encryption Keys) in the Amazon S3 User Guide.

        Directory bucket - For directory buckets, there are only two supported options for
        server-side encryption: SSE-S3 and SSE-KMS. SSE-C isn't supported. For more information, see
        Protecting data with server-side encryption in the Amazon S3 User Guide.

        Versioning

        If the current version of the object is a delete marker, Amazon S3 behaves as if the object
        was deleted and includes `x-amz-delete-marker: true` in the response.

        If the specified version is a delete marker, the response returns a `405 Method Not Allowed`
        error and the `Last-Modified: timestamp` response header.

        Directory buckets - Delete marker is not supported for directory buckets.

        Directory buckets - S3 Versioning isn't enabled and supported for directory buckets. For
        this API operation, only the `null` value of the version ID is supported by directory
        buckets. You can only specify `null` to the `versionId` query parameter in the request.

        HTTP Host header syntax

        Directory buckets - The HTTP Host header syntax is
        `Bucket-name.s3express-zone-id.region-code.amazonaws.com`.

        For directory buckets, you must make requests for this API operation to the Zonal endpoint.
        These endpoints support virtual-hosted-style requests in the format
        `https://amzn-s3-demo-bucket.s3express-zone-id.region-code.amazonaws.com/key-name`.
        Path-style requests are not supported. For more information about endpoints in Availability
        Zones, see Regional and Zonal endpoints for directory buckets in Availability Zones in the
        Amazon S3 User Guide. For more information about endpoints in Local Zones, see Concepts for
        directory buckets in Local Zones in the Amazon S3 User Guide.

        The following actions are related to `HeadObject`:

        GetObject

        GetObjectAttributes

        You must URL encode any signed header values that contain spaces. For example, if your
        header value is `my file.txt`, containing two spaces after `my`, you must URL encode this
        value to `my%20%20file.txt`.

        Raises NoSuchKey.

        https://docs.aws.amazon.com/goto/WebAPI/s3-2006-03-01/HeadObject
        """

    def put_object(self, **params: Unpack[_params.PutObjectParams]) -> shapes.PutObjectOutput:
        """End of support notice: As of October 1, 2025, Amazon S3 has discontinued support for
        Email Grantee Access Control Lists (ACLs). If you attempt to use an Email Grantee ACL in a
        request after October 1, 2025, the request will receive an `HTTP 405` (Method Not Allowed)
        error.

        This change affects the following Amazon Web Services Regions: US East (N. Virginia), US
        West (N. California), US West (Oregon), Asia Pacific (Singapore), Asia Pacific (Sydney),
        Asia Pacific (Tokyo), Europe (Ireland), and South America (São Paulo).

        Adds an object to a bucket.

        Amazon S3 never adds partial objects; if you receive a success response, Amazon S3 added the
        entire object to the bucket. You cannot use `PutObject` to only update a single piece of
        metadata for an existing object. You must put the entire object with updated metadata if you
        want to update some values.

        If your bucket uses the bucket owner enforced setting for Object Ownership, ACLs are
        disabled and no longer affect permissions. All objects written to the bucket by any account
        will be owned by the bucket owner.

        Directory buckets - For directory buckets, you must make requests for this API operation to
        the Zonal endpoint. These endpoints support virtual-hosted-style requests in the format
        `https://amzn-s3-demo-bucket.s3express-zone-id.region-code.amazonaws.com/key-name`.
        Path-style requests are not supported. For more information about endpoints in Availability
        Zones, see Regional and Zonal endpoints for directory buckets in Availability Zones in the
        Amazon S3 User Guide. For more information about endpoints in Local Zones, see Concepts for
        directory buckets in Local Zones in the Amazon S3 User Guide.

        Amazon S3 is a distributed system. If it receives multiple write requests for the same
        object simultaneously, it overwrites all but the last object written. However, Amazon S3
        provides features that can modify this behavior:

        S3 Object Lock - To prevent objects from being deleted or overwritten, you can use Amazon S3
        Object Lock in the Amazon S3 User Guide.

        This functionality is not supported for directory buckets.

        If-None-Match - Uploads the object only if the object key name does not already exist in the
        specified bucket. Otherwise, Amazon S3 returns a `412 Precondition Failed` error. If a
        conflicting operation occurs during the upload, S3 returns a `409
        ConditionalRequestConflict` response. On a 409 failure, retry the upload.

        Expects the * character (asterisk).

        For more information, see Add preconditions to S3 operations with conditional requests in
        the Amazon S3 User Guide or RFC 7232.

        This functionality is not supported for S3 on Outposts.

        S3 Versioning - When you enable versioning for a bucket, if Amazon S3 receives multiple
        write requests for the same object simultaneously, it stores all versions of the objects.
        For each write request that is made to the same object, Amazon S3 automatically generates a
        unique version ID of that object being stored in Amazon S3. You can retrieve, replace, or
        delete any version of the object. For more information about versioning, see Adding Objects
        to Versioning-Enabled Buckets in the Amazon S3 User Guide. For information about returning
        the versioning state of a bucket, see GetBucketVersioning.

        This functionality is not supported for directory buckets.

        Permissions

        General purpose bucket permissions - The following permissions are required in your policies
        when your `PutObject` request includes specific headers.

        `s3:PutObject` - To successfully complete the `PutObject` request, you must always have the
        `s3:PutObject` permission on a bucket to add an object to it.

        `s3:PutObjectAcl` - To successfully change the objects ACL of your `PutObject` request, you
        must have the `s3:PutObjectAcl`.

        `s3:PutObjectTagging` - To successfully set the tag-set with your `PutObject` request, you
        must have the `s3:PutObjectTagging`.

        Directory bucket permissions - To grant access to this API operation on a directory bucket,
        we recommend that you use the `CreateSession` API operation for session-based authorization.
        Specifically, you grant the `s3express:CreateSession` permission to the directory bucket in
        a bucket policy or an IAM identity-based policy. Then, you make the `CreateSession` API call
        on the bucket to obtain a session token. With the session token in your request header, you
        can make API requests to this operation. After the session token expires, you make another
        `CreateSession` API call to generate a new session token for use. Amazon Web Services CLI or
        SDKs create session and refresh the session token automatically to avoid service
        interruptions when a session expires. For more information about authorization, see
        `CreateSession` .

        If the object is encrypted with SSE-KMS, you must also have the `kms:GenerateDataKey` and
        `kms:Decrypt` permissions in IAM identity-based policies and KMS key policies for the KMS
        key.

        Data integrity with Content-MD5

        General purpose bucket - To ensure that data is not corrupted traversing the network, use
        the `Content-MD5` header. When you use this header, Amazon S3 checks the object against the
        provided MD5 value and, if they do not match, Amazon S3 returns an error. Alternatively,
        when the object's ETag is its MD5 digest, you can calculate the MD5 while putting the object
        to Amazon S3 and compare the returned ETag to the calculated MD5 value.

        Directory bucket - This functionality is not supported for directory buckets.

        HTTP Host header syntax

        Directory buckets - The HTTP Host header syntax is
        `Bucket-name.s3express-zone-id.region-code.amazonaws.com`.

        Errors

        You might receive an `InvalidRequest` error for several reasons. Depending on the reason for
        the error, you might receive one of the following messages:

        Cannot specify both a write offset value and user-defined object metadata for existing
        objects.

        Checksum Type mismatch occurred, expected checksum Type: sha1, actual checksum Type: crc32c.

        Request body cannot be empty when 'write offset' is specified.

        For more information about related Amazon S3 APIs, see the following:

        CopyObject

        DeleteObject

        You must URL encode any signed header values that contain spaces. For example, if your
        header value is `my file.txt`, containing two spaces after `my`, you must URL encode this
        value to `my%20%20file.txt`.

        Raises InvalidRequest, InvalidWriteOffset, TooManyParts, EncryptionTypeMismatch.

        https://docs.aws.amazon.com/goto/WebAPI/s3-2006-03-01/PutObject
        """
