-- Asking for decisions on mentions: one of a person at a time, with all that the decision rests on.

-- Of every person the oldest open mention, unless another of theirs is being decided: so what is counted of a person (their
-- answers of the day, whether another account answered the same post) does not change while the decision is made.
create function surepost.next_mentions() returns table (account text, platform_id text, created_at timestamptz)
language sql stable set search_path = '' as $$
  select distinct on (a.platform, lower(m.author)) m.account, m.platform_id, m.created_at
  from public.mentions as m join public.accounts as a on a.id = m.account
  where m.decision is null and m.harvested_at is not null
    and (m.claimed_until is null or m.claimed_until <= now()) and (m.deferred_until is null or m.deferred_until <= now())
    and a.config is not null and (a.config -> 'replies' ->> 'enabled') = 'true' and not surepost.is_paused(a)
    and not exists (
      select from public.mentions as o join public.accounts as b on b.id = o.account
      where o.decision is null and lower(o.author) = lower(m.author) and b.platform = a.platform and o.claimed_until > now())
  order by a.platform, lower(m.author), m.created_at, m.platform_id, m.account
$$;

-- At most `max_rows` are under way at once. Asked again when nothing came of it after 15 minutes, then after twice as long each time; what was deferred, at its time.
create or replace function public.claim_open_mentions(max_rows integer, job_name text default null, held_fence bigint default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
  under_way integer;
  earlier jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  select count(*) into under_way from public.mentions where decision is null and claimed_until > now();
  select coalesce(jsonb_agg(text), '[]') into earlier from (
    select s.text from public.posts as p join public.segments as s on s.post_id = p.id and s.segment = 0
    where p.kind = 'reply' and s.text is not null and p.state not in ('failed', 'missed', 'cancelled')
    order by p.submitted_at desc limit 50) as t;
  with open as (
    select m.account, m.platform_id, a.platform, a.handle, a.config -> 'replies' as replies
    from surepost.next_mentions() as n
    join public.mentions as m on m.account = n.account and m.platform_id = n.platform_id
    join public.accounts as a on a.id = m.account
    -- A bounded number is under way at once: what they rest on ages while they wait.
    order by n.created_at, n.platform_id limit greatest(max_rows - under_way, 0) for no key update of m skip locked
  ),
  held as (
    update public.mentions as m set
      asked = m.asked + 1, claimed_until = now() + least(interval '15 minutes' * (2 ^ least(m.asked, 10)), interval '6 hours')
    from open where m.account = open.account and m.platform_id = open.platform_id
    returning m.*, open.platform, open.handle, open.replies
  )
  select jsonb_agg(jsonb_build_object(
    'account', account, 'platform', platform, 'handle', handle, 'approval', replies ->> 'approval', 'voice', replies ->> 'voice',
    'rules', coalesce(replies -> 'rules', '{}'),
    'mention', jsonb_build_object('platformId', platform_id, 'author', author, 'text', text, 'inReplyTo', in_reply_to,
      'createdAt', created_at, 'url', url) || case when conversation is null then '{}' else jsonb_build_object('conversation', conversation) end,
    'context', jsonb_build_object(
      'ask', asked,
      'validUntil', least(claimed_until, now() + interval '10 minutes'),
      'authorIsOurs', exists (select from public.accounts as o where o.platform = held.platform and lower(o.handle) = lower(held.author)),
      'authorOptedOut', exists (select from public.opted_out as o where o.platform = held.platform and o.person = lower(held.author)),
      'answeredBy', (select o.account from public.mentions as o
        where o.platform_id = held.platform_id and o.account <> held.account and o.decision = 'answered' limit 1),
      'answersToAuthor', (select count(*) from public.mentions as o
        where lower(o.author) = lower(held.author) and o.decision = 'answered' and o.decided_at > now() - interval '24 hours'),
      'ourHandles', (select coalesce(jsonb_agg(o.handle), '[]') from public.accounts as o where o.platform = held.platform and o.handle is not null),
      'earlier', earlier, 'failures', deferrals,
      'spent', surepost.model_spending((now() at time zone 'UTC')::date),
      'ahead', under_way + place)) order by created_at)
  into claimed from (select held.*, row_number() over (order by created_at, platform_id) - 1 as place from held) as held;
  return coalesce(claimed, '[]');
end
$$;

-- Jobs that failed three times in a row, and alerts of those that do no more: {raise: [{job, account, failures, category,
-- detail}], clear: [key]}. As with attention_alerts, facts change the alerts.
create function public.failing_jobs(repeat_seconds double precision, max_rows integer, job_name text default null, held_fence bigint default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  prefix constant text := 'job.failing.';
  answer jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with named as (
    select h.*, prefix || h.job || case when h.account = '' then '' else '.' || h.account end as key from public.job_heartbeats as h
  ),
  failing as (
    select n.* from named as n left join public.alerts as a using (key)
    where n.consecutive_failures >= 3
      and (a.raised_at is null or not a.active or a.raised_at <= now() - make_interval(secs => repeat_seconds))
    order by n.last_failure_at limit max_rows
  ),
  well as (
    select a.key from public.alerts as a
    where a.active and starts_with(a.key, prefix)
      and not exists (select from named as n where n.key = a.key and n.consecutive_failures >= 3)
    order by a.key limit max_rows
  )
  select jsonb_build_object(
    'raise', (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'job', job, 'account', nullif(account, ''),
      'failures', consecutive_failures, 'category', last_failure_category, 'detail', last_failure_detail)), '[]') from failing),
    'clear', (select coalesce(jsonb_agg(key order by key), '[]') from well)) into answer;
  return answer;
end
$$;
comment on function public.failing_jobs is 'Which alerts of jobs that fail are to be raised (again), and which are to be cleared.';

-- As before, and what was asked of the model a month ago.
create or replace function public.prune_history(fact_months integer default 13, job_run_days integer default 30) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  partition text;
  dropped text[] := '{}';
  runs integer;
begin
  for partition in
    select c.relname from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'public.facts'::regclass and c.relname ~ '^facts_\d{4}_\d{2}$'
      and to_date(right(c.relname, 7), 'YYYY_MM') < (date_trunc('month', now() at time zone 'UTC') - make_interval(months => fact_months))::date
  loop
    execute format('drop table public.%I', partition);
    dropped := dropped || partition;
  end loop;
  delete from public.job_runs where ended_at < now() - make_interval(days => job_run_days);
  get diagnostics runs = row_count;
  delete from public.model_requests where coalesce(at, ended_at) < now() - make_interval(days => job_run_days);
  return jsonb_build_object('partitions', to_jsonb(dropped), 'jobRuns', runs);
end
$$;

revoke all on public.opted_out, public.model_requests from public, anon, authenticated, service_role;
grant select on public.opted_out, public.model_requests to service_role;
revoke all on function public.failing_jobs from public, anon, authenticated;
grant execute on function public.failing_jobs to service_role;
