"""TensorFlow Serving's REST API: JSON over HTTP in front of the same services as gRPC.

`paths` and `json_reader`/`json_text` read a request, `tensor_values`, `predict_body` and `examples` turn JSON
into messages, `predict_answer`, `results` and `reports` turn messages into JSON, `api` puts them
together, and `http` opens the port. Only `http` knows a web framework.
"""
