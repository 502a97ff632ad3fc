"""AWS IoT on this machine, as a device and as an operator see it: ministack behind mutual TLS.

    with serve_iot(folder) as cloud:
        thing = cloud.add_thing("cam-7")
        data = edgemote.connect(IoTDataPlane, endpoint_url=cloud.endpoint_url,
                                ca_file=cloud.ca_file,
                                credentials=ClientCertificate(thing.cert_file, thing.key_file))
        cloud.client("iot").create_job(jobId="1", targets=[thing.arn], document="{}")
        cloud.front.faults.add("close-before-answer", operation="UpdateJobExecution")
        cloud.front.passed      # what devices sent, and what they got

`python -m iot_cloud --help` (with PYTHONPATH=tests) explains the command.
"""

from iot_cloud.cloud import IotCloud, Thing, serve_iot
from iot_cloud.front import IotFront, Passed

__all__ = ["IotCloud", "IotFront", "Passed", "Thing", "serve_iot"]
