"""Read a parameter, such as a threshold or a secret, from AWS Systems Manager.

    edgemote-codegen generate ssm:GetParameter
    PYTHONPATH=generated python3 read_parameter.py /dock/cam-7/threshold

The credentials need ssm:GetParameter and, for a SecureString, kms:Decrypt.
"""

import sys

import edgemote
from aws.ssm import SSM

ssm = edgemote.connect(SSM, region="us-west-2")
try:
    parameter = ssm.get_parameter(Name=sys.argv[1], WithDecryption=True).Parameter
except ssm.exceptions.ParameterNotFound:
    sys.exit(f"there is no parameter {sys.argv[1]}")
print(parameter.Value)
