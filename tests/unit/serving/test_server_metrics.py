"""Metrics: what is counted, and the page that Prometheus reads."""

import threading
from pathlib import Path

import grpc
import pytest
from line_sim_serving.monitoring.config import read_metrics_path
from line_sim_serving.monitoring.metrics import Counter, Histogram, MetricsPage, exponential_limits
from line_sim_serving.monitoring.observer import Entrypoint
from line_sim_serving.monitoring.server_metrics import Monitoring
from prometheus_client.parser import text_string_to_metric_families

OK = grpc.StatusCode.OK


def test_a_fresh_page_names_its_metrics() -> None:
    """Nothing has been counted: type lines only, by name, and no HELP."""
    assert Monitoring().page() == (
        "# TYPE :tensorflow:serving:request_count counter\n"
        "# TYPE :tensorflow:serving:request_latency histogram\n"
        "# TYPE :tensorflow:serving:runtime_latency histogram\n"
    )


def test_requests_are_counted_by_how_they_ended() -> None:
    """Refused ones have no latency."""
    monitoring = Monitoring()
    monitoring.answered("m", "predict", Entrypoint.REST, OK, 0.000_020)
    monitoring.answered("m", "predict", Entrypoint.REST, OK, 0.000_009)
    monitoring.answered("m", "Predict", Entrypoint.GRPC, grpc.StatusCode.NOT_FOUND, 1)
    lines = monitoring.page().splitlines()
    name = ":tensorflow:serving:request"
    labels = 'model_name="m",API="predict",entrypoint="REST"'
    assert lines[:8] == [
        f"# TYPE {name}_count counter",
        f'{name}_count{{model_name="m",status="NOT_FOUND"}} 1',
        f'{name}_count{{model_name="m",status="OK"}} 2',
        f"# TYPE {name}_latency histogram",
        f'{name}_latency_bucket{{{labels},le="10"}} 1',
        f'{name}_latency_bucket{{{labels},le="18"}} 1',
        f'{name}_latency_bucket{{{labels},le="32.4"}} 2',
        f'{name}_latency_bucket{{{labels},le="58.32"}} 2',
    ]
    assert lines[-4:] == [
        f'{name}_latency_bucket{{{labels},le="+Inf"}} 2',
        f"{name}_latency_sum{{{labels}}} 29.0",
        f"{name}_latency_count{{{labels}}} 2",
        "# TYPE :tensorflow:serving:runtime_latency histogram",
    ]
    assert sum("GRPC" in line for line in lines) == 0


def test_runs_are_timed_apart() -> None:
    """The graph's own time, by API."""
    monitoring = Monitoring()
    monitoring.ran("m", "Predict", 0.5)
    counted = ':tensorflow:serving:runtime_latency_count{model_name="m",API="Predict",runtime="TF1"} 1'
    assert monitoring.page().splitlines()[-1] == counted


def test_prometheus_can_read_the_page() -> None:
    """Its own parser finds 34 buckets, the sum and the count, whatever is in a name."""
    monitoring = Monitoring()
    name = 'a"b\\c\nd\u00e9'
    monitoring.answered(name, "predict", Entrypoint.REST, OK, 10_000)
    families = {family.name: family for family in text_string_to_metric_families(monitoring.page())}
    samples = families[":tensorflow:serving:request_latency"].samples
    assert {sample.labels["model_name"] for sample in samples} == {name}
    buckets = [sample for sample in samples if sample.name.endswith("_bucket")]
    assert [bucket.value for bucket in buckets] == [0] * 33 + [1]
    assert [sample.value for sample in samples if sample.name.endswith("_sum")] == [1e10]


def test_a_limit_does_not_belong_to_its_own_bucket() -> None:
    """As TensorFlow counts: a value on the limit is in the next one."""
    histogram = Histogram("/h", [], [1, 2])
    histogram.add((), 1)
    assert list(histogram.lines()) == [
        "# TYPE :h histogram",
        ':h_bucket{le="1"} 0',
        ':h_bucket{le="2"} 1',
        ':h_bucket{le="+Inf"} 1',
        ":h_sum{} 1.0",
        ":h_count{} 1",
    ]


def test_limits_grow_by_a_factor() -> None:
    """The first ones of TensorFlow Serving's latencies."""
    assert exponential_limits(10, 1.8, 3) == pytest.approx([10, 18, 32.4])


def test_no_count_is_lost_between_threads() -> None:
    """Eight threads count a thousand each, on both kinds of metric."""
    counter, histogram = Counter("/c", ["x"]), Histogram("/h", ["x"], [1])

    def count() -> None:
        for _ in range(1000):
            counter.add(("y",))
            histogram.add(("y",), 0.5)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = MetricsPage([counter, histogram]).text()
    assert ':c{x="y"} 8000' in page
    assert ':h_count{x="y"} 8000' in page


def test_the_page_is_where_the_file_says(tmp_path: Path) -> None:
    """TensorFlow Serving's path unless another is named; none where it is not enabled."""
    file = tmp_path / "monitoring.config"
    for text, path in {
        "prometheus_config { enable: true path: '/metrics' }": "/metrics",
        "prometheus_config: { enable: true }": "/monitoring/prometheus/metrics",
        "prometheus_config { path: '/metrics' }": "",
        "": "",
    }.items():
        file.write_text(text)
        assert read_metrics_path(file) == path
