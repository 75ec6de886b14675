"""The page and the HTTP interface: what a ledger holds, to look at and to ask from other programs."""
