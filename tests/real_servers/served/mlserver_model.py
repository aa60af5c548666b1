"""A model for MLServer that sleeps and judges, as `triton_model` does.

Its parameters are `extra` in `model-settings.json`:

sleep_ms   how long it computes
places     how many pictures it computes at a time (1)
journal    a file that gets a line for each picture that was computed: `VERSION SCORE`
dies_on    a text: a picture that holds it ends the server
"""

import asyncio
import os
import zlib
from pathlib import Path

from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse, ResponseOutput


class Sleeper(MLModel):
    """Waits, without keeping others from being heard, and judges."""

    async def load(self):
        """Read the parameters."""
        told = self.settings.parameters.extra
        self.seconds = told["sleep_ms"] / 1000
        self.turns = asyncio.Semaphore(told["places"])
        self.journal, self.dies_on = Path(told["journal"]), told["dies_on"].encode()
        return True

    async def predict(self, payload):
        """Judge one picture."""
        picture = raw(payload.inputs[0])
        if self.dies_on and self.dies_on in picture:
            os._exit(9)
        async with self.turns:
            await asyncio.sleep(self.seconds)
            score = 0.8 + zlib.crc32(picture) % 4096 / 4096 * 0.19
            with self.journal.open("a") as file:
                file.write(f"{self.version} {score:.6f}\n")
        label = "defective" if b"defective" in picture else "good"
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[
                StringCodec.encode_output("label", [label]),
                ResponseOutput(name="score", shape=[1], datatype="FP32", data=[score]),
            ],
        )


def raw(image):
    """Return the picture of an input: raw or typed BYTES, base64 text, or a number for each byte."""
    if image.datatype == "UINT8":
        return bytes(image.data)
    from mlserver.codecs import Base64Codec

    if image.parameters and image.parameters.content_type == "base64":
        return Base64Codec.decode_input(image)[0]
    first = image.data[0]
    return first if isinstance(first, bytes) else first.encode("latin-1")
