"""Stage 4: who did what to whom, as PLOVER events with their evidence."""
