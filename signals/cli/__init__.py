"""The command line: the only room that names concrete parts, and the only one that speaks to a terminal."""


def main() -> None:
    """Run the command line."""
    from signals.cli.app import main as run

    run()
