"""Runs over many articles: the same function in this process, in several, or on a Ray cluster, and what it finds kept.

An engine takes articles as they are loaded and gives their analyses in the same order, so that what is kept does not
depend on the engine or on the number of workers. Nothing is imported here: a worker process loads only what it needs.
"""
