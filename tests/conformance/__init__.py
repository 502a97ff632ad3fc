"""Every operation of every service against botocore: `make conformance`.

    PYTHONPATH=codegen:generated:runtime:tests python -m conformance [SERVICE...]

A service is generated for one protocol, then each of its operations is called on both sides with
all parameters, with the fewest, and with some that hypothesis makes up; the requests are compared,
and what is made of answers and of error answers.
"""
