"""What the worker does for mediation by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from onedoor.mediation.steps import tidy
from onedoor.mediation.steps.harm import end_left_harm, erase_harm, remind_of_harm
from onedoor.mediation.steps.referral import end_left_referrals, erase_referrals
from onedoor.mediation.steps.remind import remind
from onedoor.rules import harm, referrals

EVERY_MORNING, EVERY_DAY = "7 0 * * *", "41 3 * * *"  # in UTC: seven past eight where the centre is
EVERY_HOUR = "17 * * * *"


@app.periodic(cron=EVERY_MORNING)
@app.task(name="onedoor.remind_promises", queueing_lock="onedoor.remind_promises")
def remind_promises(timestamp: int) -> None:
    """Promises that fall due in a week, tomorrow, or have fallen due; each is told of once."""
    while remind(at=datetime.now(UTC)):
        pass


@app.periodic(cron=EVERY_HOUR)
@app.task(name="onedoor.tidy_mediation", queueing_lock="onedoor.tidy_mediation")
def tidy_mediation(timestamp: int) -> None:
    """Mediations and sessions left behind, one matter at a time, and compulsory reports that wait."""
    now = datetime.now(UTC)
    while tidy.end_left_behind(at=now) or tidy.cancel_forgotten(at=now):
        pass
    remind_of_harm(at=now)


@app.periodic(cron=EVERY_DAY)
@app.task(name="onedoor.erase_harm", queueing_lock="onedoor.erase_harm")
def erase_old_harm(timestamp: int) -> None:
    """Reports and referrals that nobody has touched any more are ended, those whose time is over removed; in pieces,
    so that it may be killed at any moment."""
    now = datetime.now(UTC)
    end_left_harm(at=now)
    end_left_referrals(at=now)
    while erase_harm(before=harm.erased_by(now)) or erase_referrals(before=referrals.erased_by(now)):
        pass
