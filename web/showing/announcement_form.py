"""The form of an announcement: what was typed becomes its content, and the other way round."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from helpdesk.announcements.content import BadContent, Content, Fault
from helpdesk.announcements.kinds import Audience, Environment, Kind, Procedure, Queueing, Way
from helpdesk.announcements.moments import HourTwice, NoMoment, NoSuchHour, read_local, which_of, write_local
from helpdesk.languages import _
from web.edge import row_id
from web.language import gettext

MOMENTS = ("starts_at", "expected_end_at", "valid_from", "valid_until")
CHOICES: Mapping[str, type[StrEnum]] = {"kind": Kind, "environment": Environment, "audience": Audience,
                                        "queueing": Queueing, "procedure": Procedure}
TICKS = ("is_mailed", "ends_by_itself")
TEXTS = ("title", "impact", "advice", "afterwards", "instruction", "ending")
ONE_LINE = ("offices", "legal_basis", "mark")


class Typed:
    """What somebody typed into the form of an announcement: kept as it was, whether it can be read or not."""

    def __init__(self, values: Mapping[str, Any], faults: list[Fault] | None = None) -> None:
        """values: as the form shows them. faults: what could not be read."""
        self.values, self.faults = dict(values), faults or []

    @classmethod
    def of_content(cls, content: Content) -> "Typed":
        values: dict[str, Any] = {name: getattr(content, name) for name in (
            *CHOICES, *TICKS, *ONE_LINE, *(f"{text}_{code}" for text in TEXTS for code in ("pl", "en")))}
        for name in MOMENTS:
            values[name] = write_local(getattr(content, name))
            values[f"{name}_which"] = which_of(getattr(content, name))
        values |= {"service": sorted(content.service_ids), "channel": list(content.channels), "area": content.area_id}
        return cls(values)

    @classmethod
    def of_form(cls, form: "MultiDict[str, str]") -> "Typed":
        values: dict[str, Any] = {name: _clean(form.get(name, "")) for name in (
            *CHOICES, *ONE_LINE, *MOMENTS, *(f"{name}_which" for name in MOMENTS),
            *(f"{text}_{code}" for text in TEXTS for code in ("pl", "en")))}
        values |= {name: name in form for name in TICKS}
        values["service"] = sorted({key for text in form.getlist("service") if (key := row_id(text)) is not None})
        values["channel"] = [way for way in form.getlist("channel") if way in tuple(Way)]
        values["area"] = row_id(form.get("area"))
        return cls(values)

    def read(self) -> Content:
        """The content. Raises BadContent with what cannot be read."""
        self.faults = []
        moments: dict[str, Any] = {name: self._moment(name) for name in MOMENTS}
        chosen: dict[str, Any] = {name: self._choice(name, kind) for name, kind in CHOICES.items()}
        if self.faults:
            raise BadContent(self.faults)
        plain = {name: self.values[name] for name in (*TICKS, *ONE_LINE, *(
            f"{text}_{code}" for text in TEXTS for code in ("pl", "en")))}
        return Content(**moments, **chosen, **plain, area_id=self.values["area"],
                       service_ids=frozenset(self.values["service"]),
                       channels=tuple(Way(one) for one in self.values["channel"]))

    def _moment(self, name: str) -> datetime | None:
        try:
            return read_local(self.values[name], self.values[f"{name}_which"])
        except HourTwice as error:
            # Both answers are offered from now on, also when another field has to be mended.
            self.values[f"{name}_is_twice"] = True
            self.faults.append(Fault(name, error.source))
        except (NoMoment, NoSuchHour) as error:
            self.faults.append(Fault(name, error.source))
        return None

    def _choice(self, name: str, kind: type[StrEnum]) -> StrEnum:
        if self.values[name] in tuple(kind):
            return kind(self.values[name])
        self.faults.append(Fault(name, FORGED))
        return next(iter(kind))

FORGED = _("Choose one of the answers.")


def tell_faults(faults: list[Fault]) -> dict[str, str]:
    """The faults in the page's language, by field; the first of each."""
    told: dict[str, str] = {}
    for fault in faults:
        facts = {"most": fault.most} if fault.most else {}
        told.setdefault(fault.field, gettext(fault.sentence, **facts))
    return told


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
