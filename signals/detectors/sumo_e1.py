"""Induction loop output of SUMO (E1), plain or gzipped, read as a stream."""

from __future__ import annotations

import math
import xml.sax.handler
import xml.sax.xmlreader
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax import SAXException

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from networks.faults import Fault, InputError
from signals.detectors import _open
from signals.detectors._open import never
from signals.flows.records import (
    DETECTOR_RECORDS,
    HIGHEST_SPEED_M_PER_S,
    ID_PATTERN,
    LONGEST_RECORD_S,
    FaultList,
    clashes,
    midnight_utc,
    record_frame,
)

KIND = DETECTOR_RECORDS
CONTENT = "induction loop output of SUMO (XML, <detector>)"
LARGEST_ROW_COUNT = 5_000_000


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is this source's."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and b"<detector" in head


def read(path: Path, *, zone: str = "UTC", day: date | None = None, check: Callable[[], None] = never) -> pd.DataFrame:
    """Detector records from E1 output, whose seconds count from local midnight of `day` in `zone`.

    Default is midnight UTC of a nominal day (2000-01-03). Counted is `nVehContrib`, vehicles that left the loop in the
    interval; a speed of -1 is missing. Raises `InputError` with all faults by line; DTDs and entities are refused.
    """
    zero_s = midnight_utc(day, zone).timestamp()
    handler = _Intervals(path.name)
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)
    try:
        for chunk in _open.chunks(path, check=check):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        fault = Fault("XML", path.name, "a document type or entity declaration", "plain detector output without them")
        raise InputError([fault]) from error
    except SAXException as error:
        line = getattr(error, "getLineNumber", lambda: None)()
        raise InputError(
            [Fault("XML", f"{path.name}, line {line}", str(error.getMessage()), "well-formed XML")]
        ) from error
    except (LookupError, UnicodeError) as error:
        needed = "an encoding that XML names, such as UTF-8"
        raise InputError([Fault("text encoding", path.name, str(error) or "undecodable bytes", needed)]) from error
    if not handler.lines:
        handler.faults.add("content", None, "no usable interval", "detector intervals")
    found_pairs = clashes(handler.ids, handler.columns[0], handler.columns[1], handler.lines)
    for line, key, what in found_pairs:
        handler.faults.add(f"detector {key}", line, what, "one interval per detector and time")
    handler.faults.raise_if_any()
    begin, duration, count, occupancy, speed = handler.columns
    return record_frame(
        detector_id=handler.ids,
        start_s=[zero_s + value for value in begin],
        duration_s=duration,
        count_veh=count,
        occupancy_share=occupancy,
        speed_m_per_s=speed,
    )


class _Intervals(xml.sax.handler.ContentHandler):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.faults = FaultList(name)
        self.ids: list[str] = []
        self.lines: list[int] = []
        self.columns: tuple[list[float], ...] = ([], [], [], [], [])
        self._depth = 0
        self._line = 0
        self._place: xml.sax.xmlreader.Locator | None = None

    def setDocumentLocator(self, locator: xml.sax.xmlreader.Locator) -> None:  # noqa: N802  (the parser's name)
        self._place = locator

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1

    def startElement(self, name: str, attrs: xml.sax.xmlreader.AttributesImpl) -> None:  # noqa: N802
        self._depth += 1
        self._line = (self._place.getLineNumber() or 0) if self._place else 0
        if (self._depth, name) == (1, "detector"):
            return
        if self._depth == 1:
            needed = "<detector> with <interval> elements (induction loop output)"
            raise InputError([Fault("root element", f"{self.faults.where}, line {self._line}", f"<{name}>", needed)])
        if (self._depth, name) != (2, "interval"):
            self.faults.add("element", self._line, f"<{name}>", "<interval> inside <detector>")
            return
        if len(self.lines) >= LARGEST_ROW_COUNT:
            found = f"more than {LARGEST_ROW_COUNT} intervals"
            raise InputError([Fault("file length", self.faults.where, found, f"at most {LARGEST_ROW_COUNT}")])
        self._interval(attrs)

    def _interval(self, attrs: xml.sax.xmlreader.AttributesImpl) -> None:
        detector_id = attrs.get("id", "")
        if not ID_PATTERN.fullmatch(detector_id):
            self.faults.add("id", self._line, detector_id, "an id of letters, digits and _ . : # - (at most 128)")
            return
        begin = self._number(attrs, "begin", 0.0, 400 * 86_400.0)
        end = self._number(attrs, "end", 0.0, 400 * 86_400.0)
        count = self._number(attrs, "nVehContrib", 0.0, 1_000_000.0)
        occupancy = self._number(attrs, "occupancy", 0.0, 100.01)
        speed = self._number(attrs, "speed", -1.0, HIGHEST_SPEED_M_PER_S)
        if begin is None or end is None or count is None or occupancy is None or speed is None:
            return
        if not 0.0 < end - begin <= LONGEST_RECORD_S:
            self.faults.add("interval", self._line, f"{begin:g} to {end:g} s", "an end after its begin, within a day")
            return
        if not count.is_integer():
            self.faults.add("nVehContrib", self._line, f"{count:g}", "a whole number")
            return
        if speed < 0.0 and speed != -1.0:
            self.faults.add("speed", self._line, f"{speed:g}", "m/s, or -1 for none")
            return
        self.ids.append(detector_id)
        self.lines.append(self._line)
        row = (begin, end - begin, count, min(occupancy / 100.0, 1.0), math.nan if speed < 0.0 else speed)
        for column, value in zip(self.columns, row, strict=True):
            column.append(value)

    def _number(self, attrs: xml.sax.xmlreader.AttributesImpl, name: str, low: float, high: float) -> float | None:
        text = attrs.get(name)
        needed = f"a number from {low:g} to {high:g}"
        if text is None:
            self.faults.add(name, self._line, "no such attribute", needed)
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high or "_" in text:
            self.faults.add(name, self._line, text, needed)
            return None
        return value
