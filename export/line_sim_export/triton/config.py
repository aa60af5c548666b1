"""What `config.pbtxt` says: Triton's own configuration of the model, for each backend that can run it."""

import json
from dataclasses import dataclass

INPUT, SIGNATURE = "image", "inspect"  # of `model.signature`, which needs TensorFlow to be looked at
MOST_TOGETHER = 8  # pictures in a batch
WARM_UP_PICTURE = "part"
"""The file in the folder `warmup` of the model: a JPEG as Triton writes BYTES, its length in front."""


@dataclass(frozen=True)
class Backend:
    """What runs a SavedModel in Triton.

    `choice` is the word for it on the command line, `mark` the line of a `config.pbtxt` that tells it,
    `saved_model` the name of the SavedModel's folder in a version; `own` has the lines for it alone.
    `empty` says that its tensors have no dimension beside that of the batch.
    """

    choice: str
    mark: str
    saved_model: str
    own: str
    empty: bool = False

    def config(self, name: str) -> str:
        """Return the text of `config.pbtxt` for a model of this name, which can be printed."""
        shape = "dims: [ 1 ], reshape { shape: [ ] }" if self.empty else "dims: [ 1 ]"
        warm_ups = "".join(warm_up(*each) for each in (("alone", 1, 3), ("together", MOST_TOGETHER, 1)))
        return f"""\
# Written by `line-sim export --for {self.choice}`. Change it as you like: it is kept by the next export.
name: {json.dumps(name, ensure_ascii=False)}
{self.mark}
max_batch_size: {MOST_TOGETHER}
input [ {{ name: "{INPUT}", data_type: TYPE_STRING, {shape} }} ]
output [
  {{ name: "label", data_type: TYPE_STRING, {shape} }},
  {{ name: "score", data_type: TYPE_FP32, {shape} }}
]
{self.own}
# Requests that wait are put together, and those whose client has given up are dropped instead of computed.
# No default_queue_policy: with one, Triton 2.51 let requests lie for half a second now and then.
dynamic_batching {{ }}
{warm_ups}"""


def warm_up(name: str, pictures: int, times: int) -> str:
    """Return an entry of what Triton asks the model before it says that it is ready."""
    return f"""\
model_warmup [ {{
  name: "{name}", batch_size: {pictures}, count: {times}
  inputs {{
    key: "{INPUT}"
    value {{ data_type: TYPE_STRING, dims: [ 1 ], input_data_file: "{WARM_UP_PICTURE}" }}
  }}
}} ]
"""


PYTHON = Backend(
    choice="triton",
    mark='backend: "python"',
    saved_model="saved_model",
    own="instance_group [ { count: 1, kind: KIND_CPU } ]",
)
"""Runs `model.py` with a TensorFlow of its own."""

TENSORRT = Backend(
    choice="triton-tensorrt",
    mark='platform: "tensorflow_savedmodel"',
    saved_model="model.savedmodel",
    own=f"""\
parameters {{ key: "TF_SIGNATURE_DEF", value {{ string_value: "{SIGNATURE}" }} }}
instance_group [ {{ count: 1, kind: KIND_GPU }} ]
optimization {{ execution_accelerators {{ gpu_execution_accelerator [ {{
  name: "tensorrt"
  parameters {{ key: "precision_mode", value: "FP16" }}
}} ] }} }}""",
    empty=True,
)
"""The TensorFlow backend of NVIDIA's image: it decodes on the processor, and TensorRT runs the network."""

BACKENDS = {backend.choice: backend for backend in (PYTHON, TENSORRT)}
