-- 公众页面的进程用的数据库账号 onedoor_public：只有群众页面要用的表，没有删除和改结构的权力。
-- 以数据库的超级用户在 onedoor 库里执行；装好以后、每次升级（./onedoor prepare）以后各执行一次，可以重复执行。
-- 口令另设：ALTER ROLE onedoor_public PASSWORD '…'
-- 全部在一个事务里：有一句不成（例如表还没有建），就一句都不算，原来的权力不变，正在应答的页面不受影响。
--
-- 它拿不到的：任何人的口令、令牌和第二因素，网格和外勤记录，接访、热线、转办记录，通报、报告、积分，伤害报告和关爱转介；
-- 改不了账号、单位、岗位、目录和时限方案；事件和查看记录只能添加，不能改，不能删。
-- 拿得到而难以再分的：群众自己的事项要在这里登记、查看、补充，所以事项各表可读、可加、可改；身份证号和电话在库里是密文，
-- 但进程登记事项要用密钥，所以密钥在公众区的机器上也有一份。见 deploy/README.md。

\set ON_ERROR_STOP on
BEGIN;

DO $$
BEGIN
    CREATE ROLE onedoor_public LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object THEN
    NULL;
END
$$;
ALTER ROLE onedoor_public NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 60;
ALTER ROLE onedoor_public SET idle_in_transaction_session_timeout = '1min';
ALTER ROLE onedoor_public SET statement_timeout = '30s';

-- 从头给起：上一个版本给过而这个版本不用的，收回来
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM onedoor_public;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM onedoor_public;
GRANT USAGE ON SCHEMA public TO onedoor_public;

-- 只读：目录、机构、日历、时限方案、公开的内容
GRANT SELECT ON
    django_migrations, django_content_type, heartbeat, clock_jump,
    people_division, people_unit, people_post,
    category, scheme_version, scheme_rules, calendar_day, calendar_year, calendar_change, counter_layout,
    hall_servicegroup, hall_service, hall_place, hall_residence, hall_duty, hall_call, hall_article,
    hall_articleversion, hall_articlevideo, hall_bookresource, hall_bookable, hall_line, hall_linewindow, hall_hotline,
    hall_hallday, hall_windowday, hall_ticket, hall_ticketcall, hall_partner, hall_outreach,
    mediation_committee, mediation_committee_member, mediation_mediator, mediation_room,
    notice_channel, voices_survey, voices_publishedanswer,
    grid_grid, grid_gridcontact, grid_careplan, grid_carevisit, paper_wording
TO onedoor_public;
-- 账号只看得到姓名和是否在用，看不到口令
GRANT SELECT (id, username, name, is_active) ON people_account TO onedoor_public;

-- 只能添加：事件、谁看过什么、计数的增减、意见和问卷的回答
GRANT SELECT, INSERT ON
    event, access_log, counter_delta, procrastinate_events, voices_opinion, voices_surveyanswer
TO onedoor_public;

-- 群众自己的事项：登记、查看、补充、撤回、评价，预约、咨询、调解答复
GRANT SELECT, INSERT, UPDATE ON
    django_session, "case", external_number, serial, assignment, attachment, clock, party, case_text, case_quiet,
    search_queue, idempotency_key, notice, statement, supervision, visible, procrastinate_jobs,
    people_signinguard, people_use, people_occupied, hall_booking, hall_serial, applicant_message,
    mediation, mediation_consent, mediation_serial, mediation_session, mediation_session_seat, mediation_session_reply,
    mediation_reminder, agreement, agreement_item, agreement_signature, agreement_visit, judicial_confirmation,
    session_signature, paper, paper_number, voices_question
TO onedoor_public;

-- 会话、次数限制、可见范围和占用的时间会换成新的
GRANT DELETE ON django_session, people_use, people_signinguard, people_occupied, visible, idempotency_key
TO onedoor_public;

-- 本人结束自己的关爱计划；回答问卷、预约时锁住问卷和窗口的那一行（锁要有改的权力，给的是不会改的一列）
GRANT UPDATE (ended_at, end_reason, next_on) ON grid_careplan TO onedoor_public;
GRANT UPDATE (id) ON voices_survey, hall_bookresource TO onedoor_public;

-- 一律不给的表（新的表必须写进上面的授权，或者写进这里，测试会查）：
--   account_emailaddress, account_emailconfirmation, auth_group, auth_group_permissions, auth_permission,
--   bulletin, bulletin_reading, bulletin_unit, care_referral, counter, delivery, delivery_notice,
--   django_admin_log, draft, external_month, figures_screen, figures_serial, gaming_finding, grid_checklist,
--   grid_fieldentry, grid_fieldfile, grid_fieldopinion, grid_fieldtask, grid_householdvisit, grid_inspection,
--   grid_place, hall_callnote, hall_callnotecase, hall_handover, hall_kiosk, hall_outreachcase,
--   hall_ticketcount, hall_visit, hall_visitcase, hall_visitremark, hall_visitserial, harm_entry, harm_report,
--   mfa_authenticator, notice_read, notice_reader, people_token, performance_entry, points_appeal, points_entry,
--   points_exemption, points_month, points_set, procrastinate_periodic_defers, procrastinate_workers,
--   report_wording, session_recording, situation_report

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO onedoor_public;

COMMIT;
