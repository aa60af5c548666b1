"""Everything line-sim raises on purpose.

    LineSimError                 one clear message, no traceback needed
    ├── EngineError          1   two engines made two runs of one scenario: a mistake of line-sim's
    ├── ScenarioError        2   the scenario or the command line is wrong
    ├── PictureError         2   a picture cannot be read; of a part on the line it is an outcome
    ├── GatewayError         3   the gateway cannot be used at all (before the first part)
    ├── ClusterError         3   the cluster that is to do the runs cannot be used, or not any more
    ├── RunFileError         4   a file of a run or a trace cannot be used
    ├── AnswerError          5   the one question of `classify` got no usable answer
    └── CalibrationError     5   a server's times are not its own, or no law of a server fits them

The number is the exit code of the command line. (5 is no error of the program's: it says that a run's audit
failed.) A late or unusable *answer* is no error: it is an
outcome (`line_sim.inspection.outcome`) that the line routes.
"""


class LineSimError(Exception):
    """Base of every expected failure; its text is meant for the user as it stands."""

    exit_code = 1


class EngineError(LineSimError):
    """A run is not the one that SimPy makes of the same scenario; `scenario` is that, as YAML."""

    scenario: str = ""


class ScenarioError(LineSimError):
    """The scenario, an override or an option is wrong; the text has one line for every mistake."""

    exit_code = 2


class PictureError(LineSimError):
    """A picture is not there, damaged, or of a kind that nobody can show; the text says which and why.

    In mid-run it is no error but an outcome, like whatever else keeps an answer away.
    """

    exit_code = 2


class GatewayError(LineSimError):
    """No inference can be had: unreachable at the start, not served, not fitting, or not installed."""

    exit_code = 3


class ClusterError(LineSimError):
    """The cluster that is to do the runs cannot be used, or not any more; what is on disk stays."""

    exit_code = 3


class RunFileError(LineSimError):
    """A file of a run or a trace is missing, damaged or of another kind."""

    exit_code = 4


class AnswerError(LineSimError):
    """No answer came in time, or none that can be read; only where one question is all that was wanted."""

    exit_code = 5


class CalibrationError(LineSimError):
    """A server was not measured, since others kept the machine busy, or no law fits what was measured."""

    exit_code = 5
