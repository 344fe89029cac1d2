"""What controllers can run: their families, which of them stands where, and why a timing is not for them."""

from signals.controllers.expressible import families_that_run, in_terms_of, not_expressible, told_to
from signals.controllers.family import Family, families, family
from signals.controllers.file import NOBODY_SAID, Controllers, controllers_schema, read_controllers

__all__ = [
    "NOBODY_SAID",
    "Controllers",
    "Family",
    "controllers_schema",
    "families",
    "families_that_run",
    "family",
    "in_terms_of",
    "not_expressible",
    "read_controllers",
    "told_to",
]
