"""What TensorFlow Serving measures of itself, under its names."""

import grpc

from line_sim_serving.monitoring.metrics import Counter, Histogram, MetricsPage, exponential_limits
from line_sim_serving.monitoring.observer import Entrypoint

MICROSECONDS = 1e6

_LIMITS = exponential_limits(10, 1.8, 33)
"""Microseconds: 10 us to about 25 minutes."""


class Monitoring:
    """An observer that counts requests and times them; `page` is what Prometheus reads."""

    def __init__(self) -> None:
        self._requests = Counter("/tensorflow/serving/request_count", ["model_name", "status"])
        self._latencies = Histogram(
            "/tensorflow/serving/request_latency", ["model_name", "API", "entrypoint"], _LIMITS
        )
        self._runs = Histogram(
            "/tensorflow/serving/runtime_latency", ["model_name", "API", "runtime"], _LIMITS
        )
        self._page = MetricsPage([self._requests, self._latencies, self._runs])

    def answered(
        self, model: str, api: str, entrypoint: Entrypoint, code: grpc.StatusCode, seconds: float
    ) -> None:
        """Count a request; only answered ones have a latency."""
        self._requests.add((model, code.name))
        if code is grpc.StatusCode.OK:
            self._latencies.add((model, api, entrypoint), round(seconds * MICROSECONDS))

    def ran(self, model: str, api: str, seconds: float) -> None:
        """Time a run of the graph."""
        self._runs.add((model, api, "TF1"), round(seconds * MICROSECONDS))

    def page(self) -> str:
        """Write everything for Prometheus."""
        return self._page.text()
