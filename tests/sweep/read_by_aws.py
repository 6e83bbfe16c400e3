"""Holds requests and answers to botocore's service models, and prints what is wrong with them.

On stdin: a JSON list of {service, operation, line, target, asked, answer}. On stdout: a JSON list of texts.
"""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator

# The IAM action has another name than the operation.
NAMES = {"Invoke": "Invoke"}
session = botocore.session.get_session()
wrong = set()


def unknown(shape, value, at):
    """Members that the model does not have."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, inner in value.items():
            names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
            if key not in names:
                yield f"{at}.{key} is unknown"
            else:
                yield from unknown(names[key], inner, f"{at}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for inner in value:
            yield from unknown(shape.member, inner, f"{at}[]")
    elif shape.type_name == "string" and value is not None and not isinstance(value, str):
        yield f"{at} is no text: {value!r}"


for it in json.load(sys.stdin):
    model = session.get_service_model(it["service"])
    operation = model.operation_model(NAMES.get(it["operation"], it["operation"]))
    at = f"{it['service']} {it['operation']}"
    if model.metadata["protocol"] == "json" or "json" in model.metadata.get("protocols", []) and it["target"]:
        expected = f"{model.metadata['targetPrefix']}.{operation.name}"
        if it["target"] != expected:
            wrong.add(f"{at}: target {it['target']}, and not {expected}")
        report = ParamValidator().validate(it["asked"], operation.input_shape)
        if report.has_errors():
            wrong.add(f"{at}: {report.generate_report()}")
    else:
        method, path, _ = it["line"].split(" ")
        uri = operation.http["requestUri"].split("{")
        if method != operation.http["method"] or not path.startswith(uri[0]) or not path.endswith(uri[1].split("}")[1]):
            wrong.add(f"{at}: {it['line']}, and not {operation.http}")
    # What Invoke answers is the function's own.
    if it["operation"] != "Invoke":
        answer = json.loads(it["answer"])
        wrong.update(unknown(operation.output_shape, answer, at))
print(json.dumps(sorted(wrong)))
