"""What a client's profile says that decides which tasks it has, and until when."""

from dataclasses import dataclass

from zhangfang_collab.due_dates import MonthsCalendar
from zhangfang_sdk.clients import Client, TaxpayerKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Profile


@dataclass(frozen=True, slots=True)
class Payer:
    """``package`` is the service package, ``area`` the place's code; "" where nobody knows."""

    kind: TaxpayerKind
    package: str
    area: str


def payer_of(client: Client, profile: Profile) -> Payer:
    """As the profile of a day has it."""
    return Payer(
        profile.taxpayer_kind.value if profile.taxpayer_kind else client.taxpayer_kind,
        profile.service_package.value if profile.service_package else "",
        profile.registered_address.value.area if profile.registered_address else "",
    )


class Calendars:
    """Each month's calendar for each kind of payer and place, asked for once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Period, TaxpayerKind, str], MonthsCalendar] = {}

    def of(self, period: Period, payer: Payer) -> MonthsCalendar:
        key = (period, payer.kind, payer.area)
        if key not in self._known:
            self._known[key] = MonthsCalendar(*key)
        return self._known[key]
