"""The features of a line that the kernel knows; with any other it is SimPy's line that runs."""

from line_sim.layout import Feature, Features

KNOWN: Features = frozenset(
    {
        Feature.STATION,
        Feature.PARALLEL,
        Feature.BUFFER,
        Feature.BELT,
        Feature.STIFF_BELT,
        Feature.BREAKDOWN_OPERATING,
        Feature.BREAKDOWN_CALENDAR,
        Feature.BREAKDOWN_PARTS,
        Feature.SEVERAL_BREAKDOWNS,
        Feature.CHANGEOVER,
        Feature.MAKES_DEFECTS,
        Feature.CALENDAR,
        Feature.INSPECTION,
        Feature.GATE,
        Feature.DEADLINE,
        Feature.STOPS_LINE,
        Feature.REVIEW,
        Feature.REJOINS,
        Feature.CIRCLE,
        Feature.MODELLED,
        Feature.KEEPS_COMPUTING,
        Feature.OVERHEAD,
        Feature.SHARED_SERVER,
        Feature.SATURATED,
        Feature.TAKT,
        Feature.LOSSY,
        Feature.ARRIVAL_CALENDAR,
        Feature.HORIZON,
        Feature.VARIANTS,
    }
)
