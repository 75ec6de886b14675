"""The commands, one file a family: arguments in, one call, print."""
