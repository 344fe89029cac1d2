"""Is the candidate better than the running plan? Pairs of simulation runs in, a report with verdict and guards out.

Knows no simulator: whoever asks hands in a function that runs pairs.
"""

from signals.validation.approaches import ApproachComparison, QueueComparison
from signals.validation.difference import LOOKS, Difference, Verdict, paired_interval, said_of_interval
from signals.validation.gate import FIRST_REALISATION, Pair, decide
from signals.validation.guard import Guard
from signals.validation.network_measures import MeasureComparison, Run
from signals.validation.report import Arm, Executed, PairRow, Subject, ValidationReport, report_from_json

__all__ = [
    "FIRST_REALISATION",
    "LOOKS",
    "ApproachComparison",
    "Arm",
    "Difference",
    "Executed",
    "Guard",
    "MeasureComparison",
    "Pair",
    "PairRow",
    "QueueComparison",
    "Run",
    "Subject",
    "ValidationReport",
    "Verdict",
    "decide",
    "paired_interval",
    "report_from_json",
    "said_of_interval",
]
