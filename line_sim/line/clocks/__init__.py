"""What drives line time: as fast as possible, coupled to real answers, or at wall pace."""
