"""The words that the command line offers are those that the service knows."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from signals.cli import options
from signals.service.request import Accept, Mode
from signals.validation import LOOKS


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (options.ModeOption, tuple(Mode)),
        (options.AcceptOption, tuple(Accept)),
        (options.PairsOption, tuple(map(str, LOOKS))),
    ],
)
def test_the_words_of_an_option_are_those_of_the_service(option: Any, words: tuple[str, ...]) -> None:
    assert get_args(get_args(option)[0]) == words
