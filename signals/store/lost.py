"""A server that cannot be reached is told as a connection that is lost, in whatever words the driver says it."""

from __future__ import annotations

from sqlalchemy import Engine, ExceptionContext, event


def tell_connections_as_lost() -> None:
    """From now on, in this process: `connection_invalidated` is set where a connection cannot be made.

    The dialect sets it only where a connection that was there breaks.
    """
    event.listen(Engine, "handle_error", _tell)


def _tell(context: ExceptionContext) -> None:
    if context.connection is None:
        context.is_disconnect = True
