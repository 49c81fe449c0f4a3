"""What can be booked in the demo county, and who has booked."""

from datetime import datetime, timedelta

from onedoor.cases.counting import ZONE
from onedoor.hall.models import Bookable, BookResource, Place, Service
from onedoor.hall.queries.booking import free_days, free_slots, offer_of
from onedoor.hall.steps.booking import book
from onedoor.people.models import Account, Unit
from onedoor.rules.booking import AT_LEAST_AHEAD

_WEEK = "\n".join(f"周{day} 09:00-11:30\n周{day} 14:30-17:00" for day in "一二三四五")
# who receives: name, account, window, seats
_RECEIVERS = (
    ("值班律师（4号窗口）", "", "w4", 2),
    ("公证员", "", "", 1),
    ("首席调解员何为贵", "mediator", "", 1),
    ("心理咨询师", "", "", 1),
    ("带班领导", "", "", 1),
)
# name, about, place, minutes, who receives, hours, service
_OFFERS = (
    ("法律援助咨询", "值班律师当面解答，可以带材料。", "一楼4号窗口", 30, 0, _WEEK, "legal-aid.apply"),
    ("法律咨询", "合同、房产、赔偿等，先问清楚再决定。", "一楼4号窗口", 20, 0, _WEEK, "legal-advice.advice"),
    ("公证", "遗嘱、委托、亲属关系等公证的咨询和受理。", "一楼7号窗口", 30, 1, "周二 09:00-11:30\n周四 14:30-17:00",
     "notary.inquiry"),
    ("首席调解员", "家庭、邻里和物业纠纷，双方一起来最好。", "三楼调解室", 60, 2, _WEEK, "neighbours.mediation"),
    ("心理咨询", "一对一，不公开。", "三楼咨询室", 50, 3, "周三 14:30-17:00\n周五 14:30-17:00",
     "psychology.counselling"),
    ("领导接访", "带班领导当面听取意见。", "二楼接待室", 20, 4, "周一 09:00-11:00", "petition.leader"),
)  # fmt: skip
_CALLED = ("王女士", "李先生", "赵大爷", "周女士", "吴先生", "郑阿姨")


def bring_bookings(now: datetime) -> None:
    """A few on the next days; nothing where there are some already."""
    if Bookable.objects.exists():
        return
    centre = Unit.objects.get(code="centre")
    windows = {place.code: place for place in Place.objects.filter(centre=centre)}
    receivers = [
        BookResource.objects.create(
            centre=centre, name=name, window=windows.get(window), seats=seats,
            account=Account.objects.get(username=username) if username else None,
        )
        for name, username, window, seats in _RECEIVERS
    ]  # fmt: skip
    services = {service.code: service for service in Service.objects.all()}
    for position, (name, about, place, minutes, receiver, hours, service) in enumerate(_OFFERS):
        Bookable.objects.create(
            name=name, about=about, place=place, minutes=minutes, resource=receivers[receiver], hours=hours,
            position=position, service=services.get(service),
        )  # fmt: skip
    for number, called in enumerate(_CALLED):
        offer = offer_of(str(Bookable.objects.order_by("position")[number % 3].pk))
        earliest = now + AT_LEAST_AHEAD + timedelta(minutes=1)
        for day in free_days(offer, now.astimezone(ZONE).date()):
            times = [slot.starts_at for slot, left in free_slots(offer, day) if left and slot.starts_at > earliest]
            if len(times) > number:
                book(
                    what=str(offer.id), day=day, at=f"{times[number]:%H:%M}", name=called,
                    phone=f"1390000{number:04d}", now=now, address=None, key=f"demo-{number}",
                )  # fmt: skip
                break
