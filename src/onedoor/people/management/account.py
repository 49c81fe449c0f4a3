"""A command about one account, which its user name says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onedoor.people.models import Account


class AccountCommand(BaseCommand):
    """Its `work` is done with the account; ends with a sentence where there is none of that name."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(username=options["username"]).first()
        if account is None:
            raise CommandError(f"没有用户名为“{options['username']}”的账号。")
        self.work(account)

    def work(self, account: Account) -> None:
        raise NotImplementedError
