-- Due work, for the persister's jobs. What is claimed is leased: nobody else gets it until the lease is over, and a crash
-- re-opens it by itself. Every claim skips rows that another transaction holds. Answers are JSON arrays.

-- Run one job on one replica at a time. Answers the fence to send with the job's writes, or null: another replica has it.
create function public.hold_job_lock(job_name text, holder_id text, ttl_seconds double precision) returns bigint
language sql security definer set search_path = '' as $$
  insert into public.job_locks as l (job, holder, fence, expires_at)
  values (job_name, holder_id, 1, now() + make_interval(secs => ttl_seconds))
  on conflict (job) do update set
    holder = excluded.holder,
    fence = case when l.holder = excluded.holder and l.expires_at > now() then l.fence else l.fence + 1 end,
    expires_at = excluded.expires_at
  where l.holder = excluded.holder or l.expires_at <= now()
  returning fence
$$;
comment on function public.hold_job_lock is 'Takes or renews the lock of a job; null when another replica holds it. A new holder gets a greater fence.';

create function public.release_job_lock(job_name text, holder_id text) returns boolean
language sql security definer set search_path = '' as $$
  with released as (
    update public.job_locks set expires_at = now() where job = job_name and holder = holder_id and expires_at > now() returning 1
  )
  select exists (select from released)
$$;

-- SP002: the lock was lost to another replica. The row stays locked until the end of the transaction, so the lock cannot
-- be lost between this check and the commit.
create function surepost.check_fence(job_name text, held_fence bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if job_name is null then return; end if;
  perform from public.job_locks where job = job_name and fence = held_fence and expires_at > now() for share;
  if not found then
    raise exception using errcode = 'SP002', message = format('the lock of job %s is not held with fence %s any more', job_name, held_fence);
  end if;
end
$$;

-- Posts to dispatch: accepted or scheduled ones whose time is within the look-ahead, and dispatched ones that are silent.
-- `settle_seconds`: a new post is normally dispatched by whoever took it in; only after that time is it ours.
-- `with_silent`: false while facts are behind, when silence says nothing.
create function public.claim_due_posts(
  look_ahead_seconds double precision, max_rows integer, lease_seconds double precision default 60,
  settle_seconds double precision default 15, with_silent boolean default true, job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with due as (
    select id, 'due' as why from public.posts
    where state in ('accepted', 'scheduled') and due_at <= now() + make_interval(secs => look_ahead_seconds)
      and not_after > now() and greatest(revised_at, approved_at) <= now() - make_interval(secs => settle_seconds)
      and (claimed_until is null or claimed_until <= now())
    order by due_at limit max_rows for no key update skip locked
  ),
  silent as (
    select id, 'silent' as why from public.posts
    where with_silent and state in ('queued', 'publishing', 'unknown') and silent_at <= now()
      and (not_after > now() or begun_at is not null)
      and (claimed_until is null or claimed_until <= now())
    order by silent_at limit max_rows for no key update skip locked
  ),
  chosen as (
    select * from due union all select * from silent limit max_rows
  ),
  held as (
    -- What is under way (publishing, unknown) is only reminded of, and stays as it is: not again for half an hour.
    update public.posts as p set claimed_until =
      now() + case when p.state in ('publishing', 'unknown') then interval '30 minutes' else make_interval(secs => lease_seconds) end
    from chosen where p.id = chosen.id
    returning chosen.why, p.*
  )
  select jsonb_agg(jsonb_build_object(
    'postId', id, 'revision', revision, 'hash', hash, 'account', account, 'platform', platform, 'content', content,
    'notAfter', not_after, 'acceptedAt', submitted_at, 'scheduledAt', scheduled_at, 'state', state, 'dispatches', dispatches, 'why', why) order by due_at)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;
comment on function public.claim_due_posts is 'Leases posts to dispatch: why = due (never dispatched) or silent (dispatched, and no word since).';

-- Posts that are too late and of which nothing was begun: to be said missed.
create function public.claim_expired_posts(
  max_rows integer, lease_seconds double precision default 60, grace_seconds double precision default 30,
  job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with late as (
    select id from public.posts
    where state in ('review', 'accepted', 'scheduled', 'queued') and not_after <= now() - make_interval(secs => grace_seconds)
      and begun_at is null and cardinality(published) = 0
      and (claimed_until is null or claimed_until <= now())
    order by not_after limit max_rows for no key update skip locked
  ),
  held as (
    update public.posts as p set claimed_until = now() + make_interval(secs => lease_seconds) from late where p.id = late.id
    returning p.*
  )
  select jsonb_agg(jsonb_build_object('postId', id, 'account', account, 'state', state, 'notAfter', not_after) order by not_after)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- Live segments without checks, with the times that their account wants. Those of an account that is not known yet wait.
create function public.unplanned_segments(max_rows integer) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(u)), '[]') from (
    select s.post_id as "postId", s.segment, s.published_at as "publishedAt", a.config -> 'checks' as checks
    from public.segments as s join public.accounts as a on a.id = s.account
    where s.platform_id is not null and s.checks_planned_at is null and a.config is not null
    order by s.recorded_at limit max_rows
  ) as u
$$;

-- Write planned checks: [{id, postId, segment, afterSeconds, dueAt, deadline}]. Repeating it changes nothing.
create function public.plan_checks(planned jsonb, job_name text default null, held_fence bigint default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  named uuid[] := array(select distinct (c ->> 'postId')::uuid from jsonb_array_elements(planned) as c order by 1);
  written integer;
begin
  perform surepost.check_fence(job_name, held_fence);
  -- The same locks as apply_facts, in the same order.
  perform from public.posts where id = any (named) order by id for no key update;
  insert into public.checks as k (id, post_id, segment, after_seconds, due_at, deadline)
  select (c ->> 'id')::uuid, (c ->> 'postId')::uuid, (c ->> 'segment')::integer, (c ->> 'afterSeconds')::numeric,
    (c ->> 'dueAt')::timestamptz, (c ->> 'deadline')::timestamptz
  from jsonb_array_elements(planned) as c
  order by 1
  on conflict (id) do update
    set after_seconds = excluded.after_seconds, due_at = excluded.due_at, deadline = excluded.deadline
    where k.due_at is null;
  get diagnostics written = row_count;
  update public.segments as s set checks_planned_at = now()
  from (select distinct (c ->> 'postId')::uuid as post_id, (c ->> 'segment')::integer as segment from jsonb_array_elements(planned) as c) as c
  where s.post_id = c.post_id and s.segment = c.segment and s.checks_planned_at is null;
  perform surepost.close_checks(named);
  return written;
end
$$;

-- Due checks of live segments whose account may be read. The wait for an answer is the lease. No more than
-- `max_outstanding` are asked for at a time, so that a backlog is worked off and not sent again and again.
create function public.claim_due_checks(
  max_rows integer, lease_seconds double precision default 600, max_outstanding integer default 1000,
  job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
  room integer;
begin
  perform surepost.check_fence(job_name, held_fence);
  select greatest(0, least(max_rows, max_outstanding - count(*))) into room
  from public.checks where state = 'claimed' and claimed_until > now();
  with due as (
    select c.id, s.platform_id, a.id as account, a.platform, a.handle
    from public.checks as c
    join public.segments as s on s.post_id = c.post_id and s.segment = c.segment
    join public.accounts as a on a.id = s.account
    where c.state in ('open', 'claimed') and c.open_at <= now() and c.deadline > now()
      and s.platform_id is not null and s.deleted_at is null and a.config is not null and not surepost.is_paused(a)
    order by c.open_at limit room for no key update of c skip locked
  ),
  held as (
    update public.checks as c set claimed_at = now(), claimed_until = now() + make_interval(secs => lease_seconds), claims = c.claims + 1
    from due where c.id = due.id
    returning c.id, c.post_id, c.segment, c.deadline, c.due_at, due.platform_id, due.account, due.platform, due.handle
  )
  select jsonb_agg(jsonb_build_object(
    'checkId', id, 'postId', post_id, 'segment', segment, 'platformId', platform_id, 'deadline', deadline,
    'account', account, 'platform', platform, 'handle', handle) order by due_at)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- Checks that can no longer be done: past their deadline, or their segment was deleted. To be said missed.
create function public.claim_expired_checks(
  max_rows integer, lease_seconds double precision default 60, job_name text default null, held_fence bigint default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with late as (
    select c.id, s.deleted_at, surepost.is_paused(a) as paused
    from public.checks as c
    join public.segments as s on s.post_id = c.post_id and s.segment = c.segment
    left join public.accounts as a on a.id = s.account
    where c.state in ('open', 'claimed') and c.deadline <= now() and (c.expiry_claimed_until is null or c.expiry_claimed_until <= now())
    order by c.deadline limit max_rows for no key update of c skip locked
  ),
  held as (
    update public.checks as c set expiry_claimed_until = now() + make_interval(secs => lease_seconds)
    from late where c.id = late.id
    returning c.id, c.post_id, c.segment, c.deadline, c.claims, c.failures, c.last_error, late.deleted_at, late.paused
  )
  select jsonb_agg(jsonb_build_object(
    'checkId', id, 'postId', post_id, 'segment', segment, 'deadline', deadline, 'claims', claims, 'failures', failures,
    'lastError', last_error, 'deletedAt', deleted_at, 'paused', coalesce(paused, false)) order by deadline)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- Accounts whose mentions are to be read now, with the newest mention that is known. One harvest of an account is under
-- way at a time: the next is due when that one has ended (surepost.merge_jobs), or was silent for five minutes.
create function public.claim_due_harvests(max_rows integer, job_name text default null, held_fence bigint default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with due as (
    select a.id from public.accounts as a
    where a.config is not null and (a.config -> 'replies' ->> 'enabled') = 'true'
      and (a.harvest_at is null or a.harvest_at <= now()) and not surepost.is_paused(a)
    order by a.harvest_at nulls first limit max_rows for no key update skip locked
  ),
  held as (
    update public.accounts as a set
      harvest_asked_at = now(),
      harvest_at = now() + greatest(interval '5 minutes', surepost.harvest_every(a))
    from due where a.id = due.id
    returning a.id, a.platform, a.handle
  )
  select jsonb_agg(jsonb_build_object(
    'account', id, 'platform', platform, 'handle', handle,
    'since', (select m.platform_id from public.mentions as m where m.account = held.id and m.harvested_at is not null
      order by m.created_at desc limit 1)) order by id)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- Mentions without a decision, of accounts that answer. Asked again after 15 minutes, then after twice as long each time.
create function public.claim_open_mentions(max_rows integer, job_name text default null, held_fence bigint default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  claimed jsonb;
begin
  perform surepost.check_fence(job_name, held_fence);
  with open as (
    select m.account, m.platform_id, a.platform, a.handle, a.config -> 'replies' as replies
    from public.mentions as m join public.accounts as a on a.id = m.account
    where m.decision is null and m.harvested_at is not null and (m.claimed_until is null or m.claimed_until <= now())
      and a.config is not null and (a.config -> 'replies' ->> 'enabled') = 'true' and not surepost.is_paused(a)
    order by m.claimed_until nulls first, m.created_at limit max_rows for no key update of m skip locked
  ),
  held as (
    update public.mentions as m set
      asked = m.asked + 1, claimed_until = now() + least(interval '15 minutes' * (2 ^ least(m.asked, 10)), interval '6 hours')
    from open where m.account = open.account and m.platform_id = open.platform_id
    returning m.*, open.platform, open.handle, open.replies
  )
  select jsonb_agg(jsonb_build_object(
    'account', account, 'platform', platform, 'handle', handle, 'approval', replies ->> 'approval', 'voice', replies ->> 'voice',
    'authorIsOurs', exists (select from public.accounts as o where o.platform = held.platform and lower(o.handle) = lower(held.author)),
    'mention', jsonb_build_object('platformId', platform_id, 'author', author, 'text', text, 'inReplyTo', in_reply_to,
      'createdAt', created_at, 'url', url)) order by created_at)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;

-- Keep history bounded: journal months, readings and job runs older than their age go.
create function public.prune_history(fact_months integer default 13, job_run_days integer default 30) returns jsonb
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
  return jsonb_build_object('partitions', to_jsonb(dropped), 'jobRuns', runs);
end
$$;
comment on function public.prune_history is 'Drops whole months of the journal and old job runs. What was merged from them (posts, segments, readings) stays.';
