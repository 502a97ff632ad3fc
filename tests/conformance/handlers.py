"""botocore's handlers, row by row: what it does beyond its models, and what we do.

A new handler of botocore's that has no row here fails a test.
"""

from __future__ import annotations

from collections.abc import Iterator

import botocore.handlers

# Handler -> where we do the same.
SAME = {
    "ParameterAlias.alias_parameter_in_call": "edgemote_codegen.customizations.find_alias",
    "_handle_200_error": "edgemote.client: no result of S3 is a 500, and tried again",
    "_handle_sqs_compatible_error": "aws.service_errors: the model's type, the older code",
    "_map_oauth2_errors": "aws.service_errors",
    "_update_status_code": "edgemote.client.connect",
    "add_accept_header": "edgemote_codegen.customizations.list_headers",
    "add_expect_header": (
        "edgemote.http.streaming.send_request, for S3, and for bodies that are worth a question"
    ),
    "add_generate_presigned_url": "aws.sigv4.Signer.presign",
    "add_glacier_checksums": "edgemote.client.checksums.hash_tree",
    "add_glacier_version": "edgemote_codegen.customizations.list_headers",
    "base64_encode_user_data": "aws.customizations.encode_user_data",
    "check_openssl_supports_tls_version_1_2": "edgemote.http.tls: nothing older is spoken",
    "convert_body_to_file_like_object": "aws.rest.raw_body: text and bytes are bodies",
    "copy_source_sse_md5": "aws.s3_copies.fit_copy",
    "customize_endpoint_resolver_builtins": "edgemote.client.pipeline.Pipeline.resolve",
    "decode_console_output": "aws.decoded_text.read_base64",
    "disable_signing": "the models say so by now",
    "escape_xml_payload": "aws.xml_writing, in every body; a line feed survives XML as it is",
    "fix_route53_ids": "aws.customizations.shorten",
    "generate_idempotent_uuid": "edgemote.client.connect, by Operation.token",
    "handle_copy_source_param": "aws.s3_copies.fit_copy",
    "inject_account_id": "aws.customizations.fill",
    "inject_api_version_header_if_needed": "Operation.fixed_headers",
    "inject_presigned_url_ec2": "edgemote.client.presigned_copy",
    "inject_presigned_url_rds": "edgemote.client.presigned_copy",
    "json_decode_policies": "aws.decoded_text.read_policy",
    "json_decode_template_body": "aws.decoded_text.read_json",
    "parse_get_bucket_location": "Operation.result_is_root",
    "remove_accid_host_prefix_from_model": "edgemote_codegen.lowering.operations",
    "remove_arn_from_signing_path": "edgemote_codegen.lowering.operations: no path has a bucket",
    "remove_bucket_from_url_paths_from_model": "edgemote_codegen.lowering.operations",
    "set_operation_specific_signer": "Operation.auth and signed_body",
    "sse_md5": "aws.s3_parameters.fit_s3",
    "switch_host_machinelearning": "edgemote.client.endpoint_discovery, by Operation.url_member",
    "validate_ascii_metadata": "aws.s3_parameters.fit_s3",
    "validate_bucket_name": "aws.s3_parameters.fit_s3",
}

_STREAM = "event streams are refused by name"
_KEYS = "keys come as XML writes them; our parser takes the characters that expat refuses"

# Handler -> why we do something else, or nothing.
OTHERWISE = {
    "ClientMethodAlias": "boto3's names of today alone, not the misspelt ones of before",
    "_handle_request_validation_mode_member": (
        "boto3 asks S3 for checksums by itself; here ChecksumMode is the caller's matter"
    ),
    "_set_auth_scheme_preference_signer": "no preference is set: a token where there is one",
    "_set_extra_headers_for_unsigned_request": "what has a trailer is always signed here",
    "add_dsql_generate_db_auth_token_methods": "Signer.presign makes such tokens",
    "add_generate_db_auth_token": "Signer.presign makes such tokens",
    "add_generate_presigned_post": "forms that browsers upload with are no device's matter",
    "add_recursion_detection_header": "a device is no Lambda function",
    "add_retry_headers": "which try it is, the service is not told: two headers less in each",
    "change_get_to_post": "the model's GET with a query",
    "decode_list_object": _KEYS,
    "decode_list_object_v2": _KEYS,
    "decode_list_object_versions": _KEYS,
    "handle_expires_header": "an Expires that is no date is a text in Expires itself",
    "handle_service_name_alias": "a service has one name",
    "remove_bedrock_runtime_invoke_model_with_bidirectional_stream": _STREAM,
    "remove_connecthealth_start_medical_scribe_listening_session": _STREAM,
    "remove_content_type_header_for_presigning": "Signer.presign signs the headers it is given",
    "remove_lex_v2_start_conversation": _STREAM,
    "remove_polly_start_speech_synthesis_stream": _STREAM,
    "remove_qbusiness_chat": _STREAM,
    "set_list_objects_encoding_type_url": _KEYS,
}


def list_handlers() -> Iterator[str]:
    """The functions and classes that botocore registers, but those for its documentation."""
    for event, handler, *_ in botocore.handlers.BUILTIN_HANDLERS:
        if not event.startswith("docs."):
            yield getattr(handler, "__qualname__", type(handler).__name__)
