"""The REST API's life: what can be refused at once, and what waits for the models."""

import logging
from pathlib import Path

from line_sim_serving.command.rest_flags import RestOptions
from line_sim_serving.inference.service import Services
from line_sim_serving.limits.budget import Budgets
from line_sim_serving.models.registry import Registry
from line_sim_serving.monitoring.config import read_metrics_path
from line_sim_serving.monitoring.observer import Nobody, Observer
from line_sim_serving.monitoring.server_metrics import Monitoring
from line_sim_serving.rest.api import RestApi
from line_sim_serving.rest.http import Site, serve_site
from line_sim_serving.rest.listening import open_listener, refuse_used_rest_port

JSON_ELEMENT = 200
"""Bytes that an element of an output takes while it becomes text."""

log = logging.getLogger(__name__)


class RestServer:
    """The REST API as it was asked for; with port 0 it does nothing.

    Raises PortError where somebody else has the port, Refusal where the monitoring file is unusable.
    `observer` counts requests, gRPC's too, if they can be read anywhere.
    """

    def __init__(self, options: RestOptions, host: str) -> None:
        self._options = options
        self._host = host
        self._pages = {}
        self.observer: Observer = Nobody()
        file = options.monitoring_config_file
        if file and options.port == 0:
            log.warning("--monitoring_config_file=%s is not used: there is no --rest_api_port", file)
        if options.port == 0:
            return
        refuse_used_rest_port(host, options.port)
        path = read_metrics_path(Path(file)) if file else ""
        if path:
            monitoring = Monitoring()
            self.observer = monitoring
            self._pages = {path: monitoring.page}

    def open(self, registry: Registry, budgets: Budgets, max_request: int) -> None:
        """Serve from now on, until the process ends. Raises PortError."""
        options = self._options
        if options.port == 0:
            return
        services = Services(
            registry, self.observer, element=JSON_ELEMENT
        )  # of its own: JSON is made from typed fields
        api = RestApi(services, options.timeout_s, budgets)
        site = Site(api, budgets.messages, max_request, self._pages, options.cors)
        serve_site(open_listener(self._host, options.port), site, options.threads)
        log.info("Exporting HTTP/REST API at:localhost:%d ...", options.port)
