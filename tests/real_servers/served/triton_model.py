"""A model for Triton's python backend that sleeps and judges. Its parameters are text in `config.pbtxt`.

    sleep_ms   how long it computes, for all pictures of a batch together
    journal    a file that gets a line for each picture that was computed: `VERSION SCORE`
    stub       a file that gets the id of the process that computes
    fails_on   a text: a picture that holds it makes the model fail

A picture with `defective` in its bytes is defective, any other good; the score belongs to the bytes.
"""

import json
import os
import time
import zlib
from pathlib import Path

import numpy as np
import triton_python_backend_utils as pb


def score_of(picture):
    """Return the score of a picture, from 0.8 to almost 1: another one for other bytes."""
    return 0.8 + zlib.crc32(picture) % 4096 / 4096 * 0.19


class TritonPythonModel:
    """What the backend makes one of for each instance."""

    def initialize(self, args):
        """Read the parameters."""
        config = json.loads(args["model_config"])
        told = {name: value["string_value"] for name, value in config["parameters"].items()}
        self.seconds = float(told["sleep_ms"]) / 1000
        self.journal, self.fails_on = Path(told["journal"]), told["fails_on"].encode()
        self.version = args["model_version"]
        self.outputs = {output["name"]: output["dims"] for output in config["output"]}
        Path(told["stub"]).write_text(str(os.getpid()))

    def execute(self, requests):
        """Sleep once, then judge every request."""
        time.sleep(self.seconds)
        return [self.judged(pb.get_input_tensor_by_name(request, "image").as_numpy()) for request in requests]

    def judged(self, image):
        """Judge the pictures of one request: BYTES, one an element, or UINT8, all of one."""
        pictures = [image.tobytes()] if image.dtype == np.uint8 else list(image.reshape(-1))
        if self.fails_on and any(self.fails_on in picture for picture in pictures):
            return pb.InferenceResponse(error=pb.TritonError("the picture cannot be judged"))
        scores = [score_of(picture) for picture in pictures]
        with self.journal.open("a") as file:
            file.write("".join(f"{self.version} {score:.6f}\n" for score in scores))
        return pb.InferenceResponse([self.output(name, pictures, scores, image) for name in self.outputs])

    def output(self, name, pictures, scores, image):
        """Write one output: `label`, `score`, or `probabilities` of good and defective."""
        leading = list(image.shape[:1]) if image.ndim > 1 else []
        defective = [b"defective" in picture for picture in pictures]
        if name == "label":
            labels = [b"defective" if bad else b"good" for bad in defective]
            return pb.Tensor(name, np.array(labels, dtype=np.object_).reshape([*leading, -1]))
        if name == "score":
            return pb.Tensor(name, np.array(scores, dtype=np.float32).reshape([*leading, -1]))
        both = [
            [1 - score, score] if bad else [score, 1 - score]
            for bad, score in zip(defective, scores, strict=True)
        ]
        return pb.Tensor(name, np.array(both, dtype=np.float32).reshape([*leading, 2]))
