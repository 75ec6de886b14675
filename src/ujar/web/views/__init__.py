"""What the pages and the interface show, asked from the ledger. Only columns that are shown, cut by the ledger itself."""

from ujar.web.views.actors import ActorView, Counted, Counterpart, actor, candidates, deeds
from ujar.web.views.articles import ArticleView, article
from ujar.web.views.pairs import PairView, pair
from ujar.web.views.reports import matrix, watched
from ujar.web.views.rows import Overview, Row, called, listed, number, overview
from ujar.web.views.scenarios import ahead, score

__all__ = [
    "ActorView", "ArticleView", "Counted", "Counterpart", "Overview", "PairView", "Row", "actor", "ahead", "article",
    "called", "candidates", "deeds", "listed", "matrix", "number", "overview", "pair", "score", "watched",
]  # fmt: skip
