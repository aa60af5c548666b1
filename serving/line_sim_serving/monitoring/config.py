"""The file that says where Prometheus finds the metrics."""

from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from line_sim_serving.command.text_proto import read_text_proto

DEFAULT_PATH = "/monitoring/prometheus/metrics"

_Field = descriptor_pb2.FieldDescriptorProto


def read_metrics_path(file: Path) -> str:
    """Read a MonitoringConfig; gives the path of the page, empty where it is not enabled.

    Raises Refusal.
    """
    config = read_text_proto(file, _monitoring_config()).prometheus_config
    return str(config.path or DEFAULT_PATH) if config.enable else ""


def _monitoring_config() -> Any:
    """Make an empty message; its class is not in TensorFlow Serving's Python package."""
    file = descriptor_pb2.FileDescriptorProto(
        name="monitoring_config.proto", package="tensorflow.serving", syntax="proto3"
    )
    prometheus = file.message_type.add(name="PrometheusConfig")
    prometheus.field.add(name="enable", number=1, type=_Field.TYPE_BOOL, label=_Field.LABEL_OPTIONAL)
    prometheus.field.add(name="path", number=2, type=_Field.TYPE_STRING, label=_Field.LABEL_OPTIONAL)
    config = file.message_type.add(name="MonitoringConfig")
    config.field.add(
        name="prometheus_config",
        number=1,
        type=_Field.TYPE_MESSAGE,
        type_name=".tensorflow.serving.PrometheusConfig",
        label=_Field.LABEL_OPTIONAL,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("tensorflow.serving.MonitoringConfig")
    )()
