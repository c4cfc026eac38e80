"""What literals of datatypes look like that the engine holds as texts (XML Schema 1.1, part 2).

The patterns are read by Python and by the engine (RE2) alike.
"""

from __future__ import annotations

from kgtool.rdf.namespaces import XSD

_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_YEARS = r"(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)"
_SECONDS = r"[0-9]+(?:\.[0-9]+)?S"
_TIME = rf"T(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"
_DAYS = rf"(?:[0-9]+D(?:{_TIME})?|{_TIME})"

PATTERNS = {
    XSD.gYear: r"-?[0-9]{4,}" + _ZONE,
    XSD.gYearMonth: r"-?[0-9]{4,}-(?:0[1-9]|1[0-2])" + _ZONE,
    XSD.time: r"(?:[01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?" + _ZONE,
    XSD.duration: rf"-?P(?:{_YEARS}(?:{_DAYS})?|{_DAYS})",
    XSD.yearMonthDuration: rf"-?P{_YEARS}",
    XSD.dayTimeDuration: rf"-?P{_DAYS}",
}
