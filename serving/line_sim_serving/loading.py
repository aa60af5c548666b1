"""How a version gets from its folder into service."""

from collections.abc import Callable
from pathlib import Path

from line_sim_serving.engine import LoadedModel, load_engine
from line_sim_serving.options import Options
from line_sim_serving.warmup import replay_warm_up


def loader_of(options: Options) -> Callable[[Path], LoadedModel]:
    """Give the function that loads a version's folder, and warms it up. It raises whatever goes wrong."""

    def load(folder: Path) -> LoadedModel:
        engine = load_engine(folder, options.engine)
        try:
            if options.models.warm_up:
                replay_warm_up(engine, folder, options.models.warm_up_iterations)
        except BaseException:  # nobody else knows of the session
            engine.close()
            raise
        return engine

    return load
