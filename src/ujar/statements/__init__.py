"""Stage 3: who said what (statements), and to whom, when, through whom and by whom."""
