"""Opening the REST API, once there is something to serve."""

import logging

from line_sim_serving.monitoring import Monitoring
from line_sim_serving.rest.api import RestApi
from line_sim_serving.rest.http import Site, serve_site
from line_sim_serving.rest.listening import open_listener
from line_sim_serving.rest_flags import RestOptions
from line_sim_serving.service import Services

log = logging.getLogger(__name__)


def open_rest_api(
    options: RestOptions, host: str, services: Services, monitoring: Monitoring, metrics_path: str
) -> None:
    """Serve the API, and the metrics where they have a path, until the process ends.

    Raises PortError. Does nothing where no port was asked for.
    """
    if options.port == 0:
        return
    pages = {metrics_path: monitoring.page} if metrics_path else {}
    site = Site(RestApi(services, options.timeout_s), pages, options.cors)
    serve_site(open_listener(host, options.port), site, options.threads)
    log.info("Exporting HTTP/REST API at:localhost:%d ...", options.port)
