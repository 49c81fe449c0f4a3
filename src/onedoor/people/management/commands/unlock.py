from onedoor.people.management.account import AccountCommand
from onedoor.people.models import Account
from onedoor.people.sign_in import unlock


class Command(AccountCommand):
    help = "解除一个账号因连续登录失败的锁定。"

    def work(self, account: Account) -> None:
        unlock(account)
        self.stdout.write(f"账号“{account.username}”未被锁定，可以登录。")
