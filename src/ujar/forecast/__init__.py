"""Looking ahead: the next event, probabilities for a day, a week, a month, scenarios with their precedents.

Nothing is imported here: each module brings what it needs, and the commands start fast.
"""
