import sys

import qrcode  # type: ignore[import-untyped]
from django.core.management.base import CommandError
from django.utils import timezone

from onedoor.people.management.account import AccountCommand
from onedoor.people.models import Account
from onedoor.people.second_factor import confirm, set_up
from onedoor.rules.refusal import Refused


class Command(AccountCommand):
    help = "为一个账号设置（或更换）两步验证：本人用验证器应用扫码，再把应用显示的验证码输进来。"

    def work(self, account: Account) -> None:
        ready = set_up(account)
        picture = qrcode.QRCode(border=1)
        picture.add_data(ready.uri)
        picture.print_ascii(out=self.stdout, invert=True)
        self.stdout.write(f"扫不了码时手工输入设置码：{ready.secret}")
        self.stdout.write("输入应用显示的 6 位验证码：")
        try:
            confirm(account, secret=ready.secret, code=sys.stdin.readline().strip(), at=timezone.now())
        except Refused as refusal:
            raise CommandError(f"没有设置：{refusal}") from refusal
        self.stdout.write(f"账号“{account.username}”登录时须输入验证码。")
