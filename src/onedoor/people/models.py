"""Divisions, units, posts, accounts and what they signed in with."""

from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from onedoor.rules.access import ROLE_NAMES, Role

_WORD = r"^\S+$"


class Division(models.Model):
    """区划: a node of the administrative tree, which may start anywhere and be of any depth."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # ids from the root down to and with this node, kept by `divisions.py`; a subtree is "path contains id"
    path = models.JSONField("路径", default=list)
    # forms that ask for any place offer it; a grid is chosen where a grid is meant, and there are thousands of them
    offered = models.BooleanField("列入选择", default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = "区划"
        ordering = ["code"]
        constraints: ClassVar = [
            # `rules.access` reads "the whole tree" from the one division at the top
            models.UniqueConstraint(
                fields=["parent"],
                condition=Q(parent__isnull=True),
                nulls_distinct=False,
                name="one_division_at_the_top",
            ),
            models.CheckConstraint(condition=Q(code__regex=_WORD) & ~Q(name=""), name="division_has_code_and_name"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitKind(models.TextChoices):
    CENTRE = "centre", "综治中心"
    DEPARTMENT = "department", "部门"
    TOWNSHIP = "township", "乡镇街道"
    VILLAGE = "village", "村（社区）"
    COURT = "court", "法院"
    PROCURATORATE = "procuratorate", "检察院"
    POLICE = "police", "公安"
    ASSOCIATION = "association", "协会（社会组织）"
    COMMITTEE = "committee", "人民调解委员会"
    OTHER = "other", "其他"


class Unit(models.Model):
    """单位: what a case is sent to. A unit of kind `centre` takes matters in for its division."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("全称", max_length=80)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("类别", max_length=20, choices=UnitKind.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="units", verbose_name="所属区划")
    phone = models.CharField("公开电话", max_length=30, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_is_known"),
            models.UniqueConstraint(
                fields=["division"], condition=Q(kind="centre", active=True), name="one_centre_per_division"
            ),
            models.CheckConstraint(condition=Q(code__regex=_WORD) & ~Q(name=""), name="unit_has_code_and_name"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, name: str, password: str | None = None) -> "Account":
        account = self.model(username=self.model.normalize_username(username), name=name)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, username: str, name: str, password: str | None = None) -> "Account":
        """The first administrator of an empty database (`./onedoor manage createsuperuser`)."""
        account = self.create_user(username, name, password)
        account.is_operator = True
        account.save(using=self._db, update_fields=["is_operator"])
        return account


class Account(AbstractBaseUser):
    """账号: a person who signs in. Rights come from posts alone."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    is_operator = models.BooleanField("可进入后台", default=False)
    # Second factor: who must have one signs in with it; demo accounts are exempt.
    must_use_totp = models.BooleanField("必须两步验证", default=False)
    is_demo = models.BooleanField("演示账号", default=False)
    # Raised by "sign out everywhere" and by a new password: tokens of an older epoch are dead.
    epoch = models.PositiveIntegerField("登录世代", default=0, db_default=0)
    created_at = models.DateTimeField("建立时间", db_default=Now())
    # Somebody else has set the password and knows it: its owner signs in with it to choose another, for that alone.
    must_change_password = models.BooleanField("须改密码", default=False, db_default=False)
    password_changed_at = models.DateTimeField("密码设于", null=True)  # none: not since the account was made
    # The day alone, and the last one only, so that the administrator finds accounts that nobody uses any more.
    last_sign_in_on = models.DateField("最近登录", null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(username__regex=_WORD), name="username_is_a_word"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django's admin asks for this name."""
        return self.is_operator

    def set_password(self, raw_password: str | None) -> None:
        """Once saved, every token and session made with the old password is dead."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()
        self.epoch += 1

    def check_password(self, raw_password: str | None) -> bool:
        """Also renews a hash made with older settings; that is no new password and ends nothing."""

        def renew(raw: str) -> None:
            Account.objects.filter(pk=self.pk, password=self.password).update(password=make_password(raw))

        return check_password(raw_password, self.password, renew)

    def get_session_auth_hash(self) -> str:
        """Sessions of pages die with the epoch, as tokens do."""
        return salted_hmac("onedoor.people.session", f"{self.pk}:{self.epoch}", algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin is for operators; everything else asks `rules.access`."""
        return self.is_active and self.is_operator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_operator


class Post(models.Model):
    """岗位: one role of one account, in a unit."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="posts", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=list(ROLE_NAMES.items()))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="单位")
    # Where the post looks; the unit's own division unless the post covers another (a grid, a branch centre).
    division = models.ForeignKey(Division, models.PROTECT, related_name="posts", verbose_name="区划")
    # 涉密岗: is named on restricted cases and accusations that its centre takes in (see rules/access.py).
    confidential = models.BooleanField("承办保密事项", default=False)
    active = models.BooleanField("在任", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=list(ROLE_NAMES)), name="post_role_is_known"),
            models.UniqueConstraint(
                fields=["account", "role", "unit", "division"], name="a_post_is_held_once_by_an_account"
            ),
            # who hands out the posts is not named on confidential matters by one
            models.CheckConstraint(
                condition=~Q(role=Role.ADMIN, confidential=True), name="an_admin_post_is_not_confidential"
            ),
        ]

    def __str__(self) -> str:
        return f"{ROLE_NAMES.get(self.role, self.role)}（{self.unit}）"


class Token(models.Model):
    """A sign-in, of a page, a phone or a program; only the SHA-256 of its token is kept.

    `way`, `device` and `used_at` are for the person himself, who knows his own again and ends what is not his
    (`sessions.py`); nobody else reads them. They go with the row: when he signs out, else a day after `expires_at`.
    """

    digest = models.BinaryField("摘要", max_length=32, unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    # of a sign-in on a page: over at this time unless it is used before; none for programs and phones
    idle_until = models.DateTimeField(null=True)
    # words of `rules.devices`; empty in rows of the release before
    way = models.CharField(max_length=10, default="", db_default="")
    device = models.CharField(max_length=10, default="", db_default="")
    used_at = models.DateTimeField(null=True)
    # good for choosing a password and for nothing else
    for_password = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = verbose_name_plural = "令牌"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="token_by_expiry")]


class SignInGuard(models.Model):
    """Failed sign-ins in a row, by user name, whether or not an account has that name: so that the lock-out
    says nothing about who exists. The name itself is not kept: people type passwords into that field."""

    digest = models.BinaryField(max_length=32, primary_key=True)  # keyed digest of the name
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "登录失败计数"
        indexes: ClassVar = [models.Index(fields=["last_at"], name="sign_in_guard_by_last")]


class Use(models.Model):
    """How often something was done from one address or for one telephone (`limits.py`): a keyed digest and a count,
    for a day."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    since = models.DateTimeField()
    times = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "使用次数"
        indexes: ClassVar = [models.Index(fields=["since"], name="use_by_since")]


class Occupied(models.Model):
    """A time at which somebody is on duty for residents, whichever room has given it away: written by `occupied.py`
    alone. Purpose: that nobody is promised twice at once. Basis: the centre's own order of service (local). It says
    when and by which room, not for whom; gone with what it was for, and once it is over. `person_no_time_twice` of the
    migration is what holds."""

    account_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=10)
    source = models.UUIDField()

    class Meta:
        db_table = "people_occupied"
        verbose_name = verbose_name_plural = "已占用的时间"
        indexes: ClassVar = [
            models.Index(fields=["source"], name="occupied_by_source"),
            models.Index(fields=["ends_at"], name="occupied_by_end"),
        ]


class AccessLog(models.Model):
    """查阅日志: who looked at what, why and from where. A ledger: written, never changed.

    `subject` names what was looked at (a case number, an export); it holds no personal data.
    """

    pk = models.CompositePrimaryKey("county", "recorded_at", "id")
    county = models.CharField(max_length=12)
    recorded_at = models.DateTimeField()
    id = models.UUIDField()
    account_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=200)
    address = models.CharField(max_length=45)
    rows = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "access_log"
        verbose_name = verbose_name_plural = "查阅日志"
