"""The options that name an issuer: whole or refused; its packages are needed where one is named, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.cli.trusting import issuer_asked
from signals.service.tokens import Issuer

URL = "https://issuer.example/city"


def test_an_issuer_is_named_whole_or_not_at_all() -> None:
    assert issuer_asked(None, None, "roles") is None
    assert issuer_asked(URL, "greenband", "roles") == Issuer(URL, "greenband", "roles")
    for half in ((URL, None), (None, "greenband")):
        with pytest.raises(InputError, match="alone, needed both --oidc-issuer and --oidc-audience"):
            issuer_asked(*half, "roles")
    with pytest.raises(InputError) as caught:
        issuer_asked("http://issuer.example", " ", "")
    assert [fault.what for fault in caught.value.faults] == ["--oidc-issuer", "--oidc-audience", "--oidc-roles"]


@pytest.mark.parametrize("words", [("--oidc-issuer", URL, "--oidc-audience", "greenband"), ("--oidc-issuer", URL)])
def test_without_its_packages_one_sentence_tells(tmp_path: Path, words: tuple[str, ...]) -> None:
    code = "import sys; sys.modules['jwt'] = None; from signals.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--state-dir", str(tmp_path), "--port", "0", *words]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2, ended.stderr
    needed = "the extra oidc: python -m pip" if len(words) == 4 else "both --oidc-issuer and --oidc-audience"
    assert needed in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "greenband.sqlite").exists()


def test_the_service_imports_them_only_for_an_issuer() -> None:
    code = "import sys, signals.api.app, signals.cli.serving, signals.cli.trusting; assert 'jwt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
