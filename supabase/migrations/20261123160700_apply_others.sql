-- Applying facts about checks, mentions, accounts, jobs and alerts. As in apply_posts: new facts only, commutative merges.

-- When a failed reading may be tried again: 5 s after the first failure, doubling, at most an hour.
create function surepost.retry_after(failed_at timestamptz, failures integer) returns timestamptz
language sql immutable parallel safe as $$
  select case when failures > 0 then
    to_timestamp(extract(epoch from failed_at)::double precision + least(5 * 2 ^ (least(failures, 20) - 1), 3600)) end
$$;

create function surepost.merge_checks(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with f as materialized (
    select
      id, at, post_id, (body ->> 'checkId')::uuid as check_id, (body ->> 'segment')::integer as segment,
      type = 'metrics.collected' and body ->> 'suspect' is null as done,
      type = 'metrics.check_failed' or (type = 'metrics.collected' and body ->> 'suspect' is not null) as failed,
      type = 'metrics.check_missed' as missed,
      case when type = 'metrics.collected' then 'suspect reading: ' || (body ->> 'suspect') else body ->> 'reason' end as reason
    from unnest(fresh) where type like 'metrics.%'
  ),
  summary as (
    select
      check_id, min(post_id::text)::uuid as post_id, min(segment) as segment,
      min(at) filter (where done) as done_at,
      min(at) filter (where missed) as missed_at,
      (array_agg(reason order by at, reason) filter (where missed))[1] as missed_reason,
      (count(*) filter (where failed))::integer as failures,
      max(at) filter (where failed) as last_failed_at,
      (array_agg(id order by at desc, id desc) filter (where failed))[1] as last_failed_by,
      (array_agg(reason order by at desc, id desc) filter (where failed))[1] as last_error
    from f group by check_id
  )
  insert into public.checks as c
    (id, post_id, segment, done_at, missed_at, missed_reason, failures, last_failed_at, last_failed_by, last_error, retry_at)
  select
    check_id, post_id, segment, done_at, missed_at, missed_reason, failures, last_failed_at, last_failed_by, last_error,
    surepost.retry_after(last_failed_at, failures)
  from summary order by check_id
  on conflict (id) do update set
    done_at = least(c.done_at, excluded.done_at),
    missed_at = least(c.missed_at, excluded.missed_at),
    missed_reason = case when c.missed_at is null or (excluded.missed_at, excluded.missed_reason) < (c.missed_at, c.missed_reason)
      then excluded.missed_reason else c.missed_reason end,
    failures = c.failures + excluded.failures,
    last_failed_at = greatest(c.last_failed_at, excluded.last_failed_at),
    last_failed_by = case when surepost.is_later(excluded.last_failed_at, excluded.last_failed_by, c.last_failed_at, c.last_failed_by)
      then excluded.last_failed_by else c.last_failed_by end,
    last_error = case when surepost.is_later(excluded.last_failed_at, excluded.last_failed_by, c.last_failed_at, c.last_failed_by)
      then excluded.last_error else c.last_error end,
    retry_at = surepost.retry_after(greatest(c.last_failed_at, excluded.last_failed_at), c.failures + excluded.failures),
    -- What was claimed came back: it waits for its retry and not for the end of the claim.
    claimed_until = case when excluded.last_failed_at >= c.claimed_at then null else c.claimed_until end
$$;

-- The checks of a deleted segment can never be done: their deadline is its deletion.
create function surepost.close_checks(touched uuid[]) returns void
language sql set search_path = '' as $$
  update public.checks as c set deadline = s.deleted_at
  from public.segments as s
  where s.post_id = any (touched) and s.deleted_at is not null
    and c.post_id = s.post_id and c.segment = s.segment and c.state in ('open', 'claimed') and c.deadline > s.deleted_at
$$;

create function surepost.add_readings(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.readings (id, check_id, post_id, segment, at, platform_id, metrics, suspect)
  select id, (body ->> 'checkId')::uuid, post_id, (body ->> 'segment')::integer, at, body ->> 'platformId', body -> 'metrics', body ->> 'suspect'
  from unnest(fresh) where type = 'metrics.collected'
  order by id on conflict (id, at) do nothing
$$;

create function surepost.merge_mentions(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with seen as (
    select distinct on (account, mention ->> 'platformId') account, mention ->> 'platformId' as platform_id, id, at, mention
    from (select f.*, f.body -> 'mention' as mention from unnest(fresh) as f where f.type = 'mention.harvested') as f
    order by account, mention ->> 'platformId', at, id
  ),
  decided as (
    select distinct on (account, body ->> 'mention') account, body ->> 'mention' as platform_id, id, at, body
    from unnest(fresh) where type = 'mention.decided'
    order by account, body ->> 'mention', at desc, id desc
  )
  insert into public.mentions as m (
    account, platform_id, author, text, in_reply_to, url, created_at, harvested_at, harvested_by,
    decision, decision_reason, decided_at, decided_by, drafter, post_id)
  select
    coalesce(s.account, d.account), coalesce(s.platform_id, d.platform_id),
    s.mention ->> 'author', s.mention ->> 'text', s.mention ->> 'inReplyTo', s.mention ->> 'url',
    (s.mention ->> 'createdAt')::timestamptz, s.at, s.id,
    d.body ->> 'decision', d.body ->> 'reason', d.at, d.id, d.body ->> 'drafter', (d.body ->> 'postId')::uuid
  from seen as s full join decided as d on d.account = s.account and d.platform_id = s.platform_id
  order by 1, 2
  on conflict (account, platform_id) do update set
    (author, text, in_reply_to, url, created_at, harvested_at, harvested_by) = (
      select
        case when take then excluded.author else m.author end,
        case when take then excluded.text else m.text end,
        case when take then excluded.in_reply_to else m.in_reply_to end,
        case when take then excluded.url else m.url end,
        case when take then excluded.created_at else m.created_at end,
        case when take then excluded.harvested_at else m.harvested_at end,
        case when take then excluded.harvested_by else m.harvested_by end
      from (select surepost.is_earlier(excluded.harvested_at, excluded.harvested_by, m.harvested_at, m.harvested_by)) as t (take)
    ),
    (decision, decision_reason, decided_at, decided_by, drafter, post_id) = (
      select
        case when take then excluded.decision else m.decision end,
        case when take then excluded.decision_reason else m.decision_reason end,
        case when take then excluded.decided_at else m.decided_at end,
        case when take then excluded.decided_by else m.decided_by end,
        case when take then excluded.drafter else m.drafter end,
        case when take then excluded.post_id else m.post_id end
      from (select surepost.is_later(excluded.decided_at, excluded.decided_by, m.decided_at, m.decided_by)) as t (take)
    )
$$;

create function surepost.merge_accounts(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with configured as (
    select distinct on (account) account, id, at, body -> 'config' as config
    from unnest(fresh) where type = 'account.configured' order by account, at desc, id desc
  ),
  paused as (
    select distinct on (account) account, id, at, type = 'account.paused' as said, body
    from unnest(fresh) where type in ('account.paused', 'account.resumed') order by account, at desc, id desc
  )
  insert into public.accounts as a (
    id, platform, handle, config, configured_at, configured_by, pause_said, pause_at, pause_by, pause_reason, pause_until)
  select
    coalesce(c.account, p.account), c.config ->> 'platform', c.config ->> 'handle', c.config, c.at, c.id,
    coalesce(p.said, false), p.at, p.id,
    case when p.said then p.body ->> 'reason' end, case when p.said then (p.body ->> 'until')::timestamptz end
  from configured as c full join paused as p on p.account = c.account
  order by 1
  on conflict (id) do update set
    (platform, handle, config, configured_at, configured_by) = (
      select
        case when take then excluded.platform else a.platform end,
        case when take then excluded.handle else a.handle end,
        case when take then excluded.config else a.config end,
        case when take then excluded.configured_at else a.configured_at end,
        case when take then excluded.configured_by else a.configured_by end
      from (select surepost.is_later(excluded.configured_at, excluded.configured_by, a.configured_at, a.configured_by)) as t (take)
    ),
    (pause_said, pause_at, pause_by, pause_reason, pause_until) = (
      select
        case when take then excluded.pause_said else a.pause_said end,
        case when take then excluded.pause_at else a.pause_at end,
        case when take then excluded.pause_by else a.pause_by end,
        case when take then excluded.pause_reason else a.pause_reason end,
        case when take then excluded.pause_until else a.pause_until end
      from (select surepost.is_later(excluded.pause_at, excluded.pause_by, a.pause_at, a.pause_by)) as t (take)
    )
$$;

create function surepost.harvest_every(account public.accounts) returns interval language sql stable as $$
  select make_interval(secs => (account.config -> 'replies' ->> 'harvestEverySeconds')::double precision)
$$;

create function surepost.merge_jobs(fresh public.facts[]) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.job_runs (id, job, account, started_at, ended_at, outcome, category, detail)
  select id, body ->> 'job', account, (body ->> 'startedAt')::timestamptz, at, body ->> 'outcome', body ->> 'category', body ->> 'detail'
  from unnest(fresh) where type = 'job.ran' order by id
  on conflict (id, ended_at) do nothing;

  with run as (
    select body ->> 'job' as job, coalesce(account, '') as account, id, at, body ->> 'outcome' as outcome,
      body ->> 'category' as category, body ->> 'detail' as detail,
      extract(epoch from at - (body ->> 'startedAt')::timestamptz)::double precision * 1000 as duration_ms
    from unnest(fresh) where type = 'job.ran'
  ),
  latest as (select distinct on (job, account) * from run order by job, account, at desc, id desc),
  failure as (select distinct on (job, account) * from run where outcome = 'failed' order by job, account, at desc, id desc),
  summary as (
    select job, account,
      max(at) filter (where outcome = 'succeeded') as last_success_at,
      max(at) filter (where outcome = 'skipped') as last_skip_at
    from run group by job, account
  )
  insert into public.job_heartbeats as h (
    job, account, last_run_at, last_run_by, last_outcome, last_category, last_detail, last_duration_ms,
    last_success_at, last_skip_at, last_failure_at, last_failure_by, last_failure_category, last_failure_detail)
  select l.job, l.account, l.at, l.id, l.outcome, l.category, l.detail, l.duration_ms,
    s.last_success_at, s.last_skip_at, x.at, x.id, x.category, x.detail
  from latest as l join summary as s using (job, account) left join failure as x using (job, account)
  order by 1, 2
  on conflict (job, account) do update set
    last_success_at = greatest(h.last_success_at, excluded.last_success_at),
    last_skip_at = greatest(h.last_skip_at, excluded.last_skip_at),
    (last_run_at, last_run_by, last_outcome, last_category, last_detail, last_duration_ms) = (
      select
        case when take then excluded.last_run_at else h.last_run_at end,
        case when take then excluded.last_run_by else h.last_run_by end,
        case when take then excluded.last_outcome else h.last_outcome end,
        case when take then excluded.last_category else h.last_category end,
        case when take then excluded.last_detail else h.last_detail end,
        case when take then excluded.last_duration_ms else h.last_duration_ms end
      from (select surepost.is_later(excluded.last_run_at, excluded.last_run_by, h.last_run_at, h.last_run_by)) as t (take)
    ),
    (last_failure_at, last_failure_by, last_failure_category, last_failure_detail) = (
      select
        case when take then excluded.last_failure_at else h.last_failure_at end,
        case when take then excluded.last_failure_by else h.last_failure_by end,
        case when take then excluded.last_failure_category else h.last_failure_category end,
        case when take then excluded.last_failure_detail else h.last_failure_detail end
      from (select surepost.is_later(excluded.last_failure_at, excluded.last_failure_by, h.last_failure_at, h.last_failure_by)) as t (take)
    );

  -- A harvest that has ended makes way for the next.
  update public.accounts as a set harvest_at = least(a.harvest_at, run.ended_at + surepost.harvest_every(a))
  from (
    select account, max(at) as ended_at from unnest(fresh)
    where type = 'job.ran' and body ->> 'job' = 'mentions.harvest' and account is not null group by account
  ) as run
  where a.id = run.account and a.config is not null and run.ended_at >= a.harvest_asked_at;

  -- The rows above are locked now, so that every earlier committed run is seen here.
  update public.job_heartbeats as h set consecutive_failures = (
    select count(*) from (
      select from public.job_runs as r
      where r.outcome = 'failed' and r.job = h.job and coalesce(r.account, '') = h.account
        and (h.last_success_at is null or r.ended_at > h.last_success_at)
      limit 1000
    ) as failed
  )
  where (h.job, h.account) in (select body ->> 'job', coalesce(account, '') from unnest(fresh) where type = 'job.ran');
end
$$;

create function surepost.merge_alerts(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with f as materialized (select *, body ->> 'key' as key from unnest(fresh) where type in ('alert.raised', 'alert.cleared')),
  raised as (select distinct on (key) * from f where type = 'alert.raised' order by key, at desc, id desc),
  cleared as (select distinct on (key) * from f where type = 'alert.cleared' order by key, at desc, id desc),
  summary as (select key, (count(*) filter (where type = 'alert.raised'))::integer as times from f group by key)
  insert into public.alerts as a (key, severity, sentence, raised_at, raised_by, times, cleared_at, cleared_by)
  select s.key, r.body ->> 'severity', r.body ->> 'sentence', r.at, r.id, s.times, c.at, c.id
  from summary as s left join raised as r using (key) left join cleared as c using (key)
  order by 1
  on conflict (key) do update set
    times = a.times + excluded.times,
    (severity, sentence, raised_at, raised_by) = (
      select
        case when take then excluded.severity else a.severity end,
        case when take then excluded.sentence else a.sentence end,
        case when take then excluded.raised_at else a.raised_at end,
        case when take then excluded.raised_by else a.raised_by end
      from (select surepost.is_later(excluded.raised_at, excluded.raised_by, a.raised_at, a.raised_by)) as t (take)
    ),
    (cleared_at, cleared_by) = (
      select
        case when take then excluded.cleared_at else a.cleared_at end,
        case when take then excluded.cleared_by else a.cleared_by end
      from (select surepost.is_later(excluded.cleared_at, excluded.cleared_by, a.cleared_at, a.cleared_by)) as t (take)
    )
$$;
