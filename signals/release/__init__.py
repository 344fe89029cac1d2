"""The life of a plan: who may move it from which state to which, and what it takes to let it out on the street."""

from signals.release.actor import STATED, Actor, NotAllowed, permit
from signals.release.approval import NotReleasable, Release, approve, release_from_json, unaccepted
from signals.release.life import Event, Evidence, Life, WrongState
from signals.release.moves import MOVES, Move, State
from signals.release.roles import MATRIX, Role, Verb, may

__all__ = [
    "MATRIX",
    "MOVES",
    "STATED",
    "Actor",
    "Event",
    "Evidence",
    "Life",
    "Move",
    "NotAllowed",
    "NotReleasable",
    "Release",
    "Role",
    "State",
    "Verb",
    "WrongState",
    "approve",
    "may",
    "permit",
    "release_from_json",
    "unaccepted",
]
