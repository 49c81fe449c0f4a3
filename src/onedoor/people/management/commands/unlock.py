from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onedoor.people.models import Account
from onedoor.people.sign_in import unlock


class Command(BaseCommand):
    help = "解除一个账号因连续登录失败的锁定。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(username=options["username"]).first()
        if account is None:
            raise CommandError(f"没有用户名为“{options['username']}”的账号。")
        unlock(account)
        self.stdout.write(f"账号“{account.username}”未被锁定，可以登录。")
