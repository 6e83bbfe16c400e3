"""Reads answers with botocore's own parsers, and prints what they are to it.

On stdin: a JSON list of {service, operation, status, body}. On stdout: a JSON list of {code, message, count}.
"""

import json
import sys

import botocore.parsers
import botocore.session

session = botocore.session.get_session()
read = []
for answer in json.load(sys.stdin):
    model = session.get_service_model(answer["service"])
    operation = model.operation_model(answer["operation"])
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    response = {"status_code": answer["status"], "headers": {}, "body": answer["body"].encode()}
    parsed = parser.parse(response, operation.output_shape)
    error = parsed.get("Error", {})
    lists = [value for value in parsed.values() if isinstance(value, list)]
    read.append({"code": error.get("Code"), "message": error.get("Message"), "count": sum(map(len, lists))})
print(json.dumps(read))
