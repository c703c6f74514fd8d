"""Lists buckets with boto3 until there is a file `stop`, and counts. Every request is made once: a failure is one."""
import os
import sys
import time

import boto3
from botocore.config import Config

s3 = boto3.client(
    "s3", endpoint_url=sys.argv[1], region_name="us-east-1", config=Config(retries={"max_attempts": 0})
)
while not os.path.exists("stop"):
    try:
        s3.list_buckets()
        name = "boto.ok"
    except Exception as error:  # whatever it is, it is counted and shown
        name = "boto.failed"
        print("boto3:", error, file=sys.stderr)
    with open(name, "a") as counter:
        counter.write(".")
    time.sleep(float(sys.argv[2]))
