"""The client that is published with this pattern, in its own words: three questions to an InceptionV3.

python published_client.py grpc|rest|metadata IMAGE GRPC_PORT REST_PORT
"""

import base64
import json
import os
import sys
import urllib.request
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import grpc
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

MODEL = "inception_v3"


def read_image(path: str) -> bytes:
    """Read a picture as URL-safe base64."""
    return base64.urlsafe_b64encode(Path(path).read_bytes())


def request_grpc(image: bytes, port: str) -> str:
    """Ask over gRPC; the label is the first string of `output_0`."""
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0)])
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    request = predict_pb2.PredictRequest()
    request.model_spec.name = MODEL
    request.model_spec.signature_name = "serving_default"
    request.inputs["image"].CopyFrom(tf.make_tensor_proto([image]))
    response = stub.Predict(request, 5.0)
    return str(response.outputs["output_0"].string_val[0].decode("utf-8"))


def request_rest(image: bytes, port: str) -> str:
    """Ask over REST, in columns."""
    data = json.dumps({"inputs": {"image": [image.decode("utf-8")]}}).encode()
    headers = {"Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}/v1/models/{MODEL}:predict"
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as response:
        return str(json.load(response)["outputs"][0])


def request_metadata(port: str) -> str:
    """Ask what version 0 takes and gives."""
    url = f"http://127.0.0.1:{port}/v1/models/{MODEL}/versions/0/metadata"
    with urllib.request.urlopen(url) as response:
        return json.dumps(json.load(response), indent=4)


if __name__ == "__main__":
    question, image, grpc_port, rest_port = sys.argv[1:]
    if question == "grpc":
        print(request_grpc(read_image(image), grpc_port))  # noqa: T201 - a command's output
    elif question == "rest":
        print(request_rest(read_image(image), rest_port))  # noqa: T201
    else:
        print(request_metadata(rest_port))  # noqa: T201
