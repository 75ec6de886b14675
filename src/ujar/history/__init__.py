"""History from elsewhere: event files of ICEWS, POLECAT and GDELT, kept beside the ledger and apart from what ujar read."""
