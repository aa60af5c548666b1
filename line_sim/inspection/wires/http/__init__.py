"""HTTP as a gateway needs it: exchanges that end in time, answers that are read strictly."""
