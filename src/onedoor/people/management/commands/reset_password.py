from django.db import transaction
from django.utils import timezone

from onedoor.people.access_log import log_access
from onedoor.people.management.account import AccountCommand
from onedoor.people.models import Account
from onedoor.people.sign_in import set_password
from onedoor.people.steps.accounts import new_password


class Command(AccountCommand):
    help = "给一个账号重设密码：自动生成，只显示一次，本人下次登录时须换成自己的；同时解除锁定、从各处退出。"

    def work(self, account: Account) -> None:
        made = new_password()
        with transaction.atomic():
            set_password(account, made, at=timezone.now())
            log_access(action="account", account=None, subject=f"账号 {account.pk}", reason="在服务器上重设密码")
        self.stdout.write(f"账号“{account.username}”的新密码：{made}")
        self.stdout.write("只显示这一次。本人登录后须先换成自己的。")
