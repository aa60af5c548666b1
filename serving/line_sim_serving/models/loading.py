"""How a version gets from its folder into service."""

from collections.abc import Callable
from pathlib import Path

from line_sim_serving.batching.parameters import default_rules, read_rules
from line_sim_serving.batching.rules import BatchRules
from line_sim_serving.batching.queues import BatchedModel, BatchScheduler
from line_sim_serving.inference.caller import Caller
from line_sim_serving.inference.patience import FOR_EVER
from line_sim_serving.limits.budget import Budgets
from line_sim_serving.models.asked import Asked
from line_sim_serving.models.engine import load_engine
from line_sim_serving.command.options import BatchingOptions, Options
from line_sim_serving.models.runner import LoadedModel
from line_sim_serving.models.warmup import replay_warm_up

OWN_PARAMETERS = "batching_params.pbtxt"


def loader_of(options: Options, budgets: Budgets) -> Callable[[Path, Asked], LoadedModel]:
    """Give the function that loads a version's folder, and warms it up. It raises whatever goes wrong.

    What its records cost is taken from the budgets, and it is warmed up for what was asked before.
    Raises Refusal at once where the batching parameters cannot be used.
    """
    batching = options.batching
    common = _common_rules(batching)
    scheduler = BatchScheduler(common.threads) if batching.enabled else None

    def load(folder: Path, asked: Asked) -> LoadedModel:
        rules = _rules_of(folder, batching, common)
        engine = load_engine(folder, options.engine)
        try:
            if options.models.warm_up:
                with Caller.of(budgets, FOR_EVER) as caller:
                    replay_warm_up(engine, folder, options.models.warm_up_iterations, asked, caller)
        except BaseException:  # nobody else knows of the session
            engine.close()
            raise
        return engine if rules is None or scheduler is None else BatchedModel(engine, rules, scheduler)

    return load


def _common_rules(batching: BatchingOptions) -> BatchRules:
    return read_rules(Path(batching.parameters_file)) if batching.parameters_file else default_rules()


def _rules_of(folder: Path, batching: BatchingOptions, common: BatchRules) -> BatchRules | None:
    """Give the rules of a version; None: its requests are run one by one."""
    if not batching.enabled:
        return None
    if not batching.per_model:
        return common
    own = folder / OWN_PARAMETERS
    return read_rules(own) if own.exists() else None
