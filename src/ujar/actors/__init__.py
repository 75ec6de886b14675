"""Who is meant: states, bodies, groups, persons and roles, and what they were on a date."""

from ujar.actors.resolve import resolve
from ujar.actors.terms import holders, is_member, members

__all__ = ["holders", "is_member", "members", "resolve"]
