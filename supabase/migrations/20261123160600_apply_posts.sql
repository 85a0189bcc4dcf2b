-- Applying facts about posts and segments. Each function takes facts that are new to the journal; each merge is
-- commutative (first or last word by (at, id), sets that grow), so that batches may come in any order.
--
-- Locks are always taken in this order: journal by id, posts by id, then rows below a locked post; mentions, accounts,
-- heartbeats and alerts by key. Two persisters with overlapping batches therefore wait for each other and never deadlock.

-- Rows for every post that a fact names, locked until the end of the transaction.
create function surepost.lock_posts(fresh public.facts[]) returns uuid[]
language plpgsql set search_path = '' as $$
declare
  named uuid[];
begin
  select coalesce(array_agg(distinct f.post_id order by f.post_id), '{}') into named
  from unnest(fresh) as f where f.type ~ '^(post|metrics)\.';
  insert into public.posts (id) select id from unnest(named) as id order by id on conflict do nothing;
  perform from public.posts where id = any (named) order by id for no key update;
  return named;
end
$$;

-- When a word about a dispatched post is due: at the deadline of its dispatch, later by 5, 15, 35 … minutes (at most 6 h)
-- each time that it was dispatched again, so that a post that waits for its budget is not sent a hundred times; and not
-- before 15 minutes after the ledger's latest word.
create function surepost.silent_at(deadline timestamptz, dispatches bigint, heard_at timestamptz) returns timestamptz
language sql stable parallel safe as $$
  select greatest(
    deadline + make_interval(secs => least(300 * (2 ^ least(greatest(dispatches - 1, 0), 10) - 1), 21600)),
    heard_at + interval '15 minutes')
$$;

-- The post's own registers and sets. One statement: a post is written once per batch.
create function surepost.merge_posts(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with f as materialized (
    select * from unnest(fresh) where post_id is not null and type like 'post.%'
  ),
  touched as (select distinct post_id from f),
  -- The submission that is current after this batch, if it is one of this batch.
  submission as (
    select s.* from (
      select distinct on (f.post_id) f.post_id, f.id, f.at, (f.body ->> 'revision')::integer as revision, f.body
      from f where f.type = 'post.submitted'
      order by f.post_id, (f.body ->> 'revision')::integer desc, f.at, f.id
    ) as s
    join public.posts as p on p.id = s.post_id
    where p.revision is null or s.revision > p.revision
      or (s.revision = p.revision and surepost.is_earlier(s.at, s.id, p.revised_at, p.revised_by))
  ),
  summary as (
    select
      f.post_id,
      min(f.at) filter (where f.type = 'post.submitted') as submitted_at,
      max(f.at) filter (where f.type = 'post.approved') as approved_at,
      array_agg((f.body ->> 'revision') || ':' || (f.body ->> 'hash')) filter (where f.type = 'post.approved') as approvals,
      count(*) filter (where f.type = 'post.dispatched') as dispatches,
      min(f.at) filter (where f.type = 'post.segment_begun') as begun_at,
      max(f.at) filter (where f.type in (
        'post.segment_begun', 'post.segment_unknown', 'post.segment_aborted', 'post.segment_published')) as heard_at,
      array_agg((f.body ->> 'segment')::integer) filter (where f.type = 'post.segment_published') as published,
      array_agg((f.body ->> 'segment')::integer) filter (where f.type = 'post.segment_deleted') as deleted
    from f group by f.post_id
  ),
  dispatch as (
    select distinct on (post_id) post_id, id, at, (body ->> 'deadline')::timestamptz as deadline
    from f where type = 'post.dispatched' order by post_id, at desc, id desc
  ),
  phase as (
    select distinct on (post_id) post_id, id, at, surepost.phase_of(type) as phase, body ->> 'reason' as reason, body ->> 'code' as code
    from f where surepost.phase_of(type) is not null order by post_id, at desc, id desc
  ),
  cancellation as (
    select distinct on (post_id) post_id, id, at, body ->> 'by' as by, body ->> 'reason' as reason
    from f where type = 'post.cancelled' order by post_id, at, id
  ),
  merged as (
    select
      t.post_id,
      s.id is not null as resubmitted, s.id as s_id, s.at as s_at, s.revision as s_revision, s.body as s,
      least(p.submitted_at, m.submitted_at) as submitted_at,
      surepost.text_union(p.approvals, m.approvals) as approvals,
      greatest(p.approved_at, m.approved_at) as approved_at,
      p.dispatches + m.dispatches as dispatches,
      surepost.is_later(d.at, d.id, p.dispatched_at, p.dispatched_by) as redispatched,
      d.id as d_id, d.at as d_at, d.deadline as d_deadline,
      least(p.begun_at, m.begun_at) as begun_at,
      greatest(p.heard_at, m.heard_at) as heard_at,
      surepost.is_later(h.at, h.id, p.phase_at, p.phase_by) as rephased,
      h.id as h_id, h.at as h_at, h.phase as h_phase, h.reason as h_reason, h.code as h_code,
      surepost.is_earlier(c.at, c.id, p.cancelled_at, p.cancelled_fact) as recancelled,
      c.id as c_id, c.at as c_at, c.by as c_by, c.reason as c_reason,
      surepost.integer_union(p.published, m.published) as published,
      surepost.integer_union(p.deleted, m.deleted) as deleted
    from touched as t
    join public.posts as p on p.id = t.post_id
    join summary as m using (post_id)
    left join submission as s using (post_id)
    left join dispatch as d using (post_id)
    left join phase as h using (post_id)
    left join cancellation as c using (post_id)
  )
  update public.posts as p set
    revision = case when m.resubmitted then m.s_revision else p.revision end,
    revised_at = case when m.resubmitted then m.s_at else p.revised_at end,
    revised_by = case when m.resubmitted then m.s_id else p.revised_by end,
    account = case when m.resubmitted then m.s ->> 'account' else p.account end,
    platform = case when m.resubmitted then m.s ->> 'platform' else p.platform end,
    hash = case when m.resubmitted then m.s ->> 'hash' else p.hash end,
    content = case when m.resubmitted then m.s -> 'content' else p.content end,
    client = case when m.resubmitted then m.s ->> 'client' else p.client end,
    approval = case when m.resubmitted then m.s ->> 'approval' else p.approval end,
    scheduled_at = case when m.resubmitted then (m.s ->> 'scheduledAt')::timestamptz else p.scheduled_at end,
    not_after = case when m.resubmitted then (m.s ->> 'notAfter')::timestamptz else p.not_after end,
    submitted_at = m.submitted_at,
    approvals = m.approvals,
    approved_at = m.approved_at,
    dispatches = m.dispatches,
    dispatched_at = case when m.redispatched then m.d_at else p.dispatched_at end,
    dispatched_by = case when m.redispatched then m.d_id else p.dispatched_by end,
    dispatch_deadline = case when m.redispatched then m.d_deadline else p.dispatch_deadline end,
    begun_at = m.begun_at,
    heard_at = m.heard_at,
    silent_at = surepost.silent_at(
      case when m.redispatched then m.d_deadline else p.dispatch_deadline end, m.dispatches, m.heard_at),
    phase = case when m.rephased then m.h_phase else p.phase end,
    phase_at = case when m.rephased then m.h_at else p.phase_at end,
    phase_by = case when m.rephased then m.h_id else p.phase_by end,
    phase_reason = case when m.rephased then m.h_reason else p.phase_reason end,
    phase_code = case when m.rephased then m.h_code else p.phase_code end,
    cancelled_at = case when m.recancelled then m.c_at else p.cancelled_at end,
    cancelled_fact = case when m.recancelled then m.c_id else p.cancelled_fact end,
    cancelled_by = case when m.recancelled then m.c_by else p.cancelled_by end,
    cancel_reason = case when m.recancelled then m.c_reason else p.cancel_reason end,
    published = m.published,
    deleted = m.deleted
  from merged as m where p.id = m.post_id
$$;

-- A segment for each that the content has or a fact names. One that only a former revision had is taken away again.
create function surepost.spread_segments(fresh public.facts[]) returns void
language plpgsql set search_path = '' as $$
declare
  submitted uuid[];
begin
  insert into public.segments (post_id, segment)
  select distinct f.post_id, (f.body ->> 'segment')::integer
  from unnest(fresh) as f
  where f.post_id is not null and f.body ->> 'segment' is not null
  order by 1, 2 on conflict do nothing;

  select array_agg(distinct f.post_id) into submitted from unnest(fresh) as f where f.type = 'post.submitted';
  if submitted is null then return; end if;
  insert into public.segments as s (post_id, segment, text, media)
  select p.id, part.n - 1, part.content ->> 'text', part.content -> 'media'
  from public.posts as p
  cross join lateral jsonb_array_elements(p.content -> 'segments') with ordinality as part (content, n)
  where p.id = any (submitted)
  order by 1, 2
  on conflict (post_id, segment) do update set text = excluded.text, media = excluded.media;

  update public.segments as s set text = null, media = null
  from public.posts as p
  where p.id = any (submitted) and s.post_id = p.id and s.segment >= jsonb_array_length(p.content -> 'segments') and s.text is not null;
end
$$;

-- What facts say of single segments, then the state that each segment of a touched post shows.
create function surepost.merge_segments(fresh public.facts[], touched uuid[]) returns void
language sql set search_path = '' as $$
  with f as materialized (
    select *, (body ->> 'segment')::integer as segment
    from unnest(fresh) where post_id is not null and body ->> 'segment' is not null
  ),
  summary as (
    select
      post_id, segment,
      min(at) as heard_at,
      min(at) filter (where type = 'post.segment_deleted') as deleted_at,
      max(at) filter (where type = 'post.segment_missing') as missing_at,
      max((body ->> 'attempt')::integer) as attempt,
      array_agg(distinct body ->> 'platformId') filter (where type = 'post.segment_published') as platform_ids
    from f group by post_id, segment
  ),
  publication as (
    select distinct on (post_id, segment) post_id, segment, id, at, body
    from f where type = 'post.segment_published' order by post_id, segment, at, id
  ),
  phase as (
    select distinct on (post_id, segment) post_id, segment, id, at, surepost.phase_of(type) as phase, body ->> 'reason' as reason
    from f where surepost.phase_of(type) is not null order by post_id, segment, at desc, id desc
  ),
  reading as (
    select distinct on (post_id, segment) post_id, segment, id, at, body -> 'metrics' as metrics
    from f where type = 'metrics.collected' and body ->> 'suspect' is null order by post_id, segment, at desc, id desc
  ),
  merged as (
    select
      s.post_id, s.segment,
      surepost.is_earlier(x.at, x.id, s.published_fact_at, s.published_fact) as republished,
      x.id as x_id, x.at as x_at, x.body as x,
      surepost.text_union(array_remove(s.other_platform_ids || s.platform_id, null), m.platform_ids) as known_ids,
      least(s.heard_at, m.heard_at) as heard_at,
      least(s.deleted_at, m.deleted_at) as deleted_at,
      greatest(s.missing_at, m.missing_at) as missing_at,
      greatest(s.attempt, m.attempt) as attempt,
      surepost.is_later(h.at, h.id, s.phase_at, s.phase_by) as rephased,
      h.id as h_id, h.at as h_at, h.phase as h_phase, h.reason as h_reason,
      surepost.is_later(r.at, r.id, s.metrics_at, s.metrics_by) as reread,
      r.id as r_id, r.at as r_at, r.metrics as r_metrics
    from public.segments as s
    join summary as m on m.post_id = s.post_id and m.segment = s.segment
    left join publication as x on x.post_id = s.post_id and x.segment = s.segment
    left join phase as h on h.post_id = s.post_id and h.segment = s.segment
    left join reading as r on r.post_id = s.post_id and r.segment = s.segment
  )
  update public.segments as s set
    account = case when m.republished then m.x ->> 'account' else s.account end,
    platform = case when m.republished then m.x ->> 'platform' else s.platform end,
    platform_id = case when m.republished then m.x ->> 'platformId' else s.platform_id end,
    url = case when m.republished then m.x ->> 'url' else s.url end,
    published_at = case when m.republished then (m.x ->> 'publishedAt')::timestamptz else s.published_at end,
    source = case when m.republished then m.x ->> 'source' else s.source end,
    published_fact_at = case when m.republished then m.x_at else s.published_fact_at end,
    published_fact = case when m.republished then m.x_id else s.published_fact end,
    other_platform_ids = array_remove(m.known_ids, case when m.republished then m.x ->> 'platformId' else s.platform_id end),
    recorded_at = coalesce(s.recorded_at, case when m.x_id is not null then now() end),
    heard_at = m.heard_at,
    deleted_at = m.deleted_at,
    missing_at = m.missing_at,
    attempt = m.attempt,
    phase = case when m.rephased then m.h_phase else s.phase end,
    phase_at = case when m.rephased then m.h_at else s.phase_at end,
    phase_by = case when m.rephased then m.h_id else s.phase_by end,
    phase_reason = case when m.rephased then m.h_reason else s.phase_reason end,
    metrics = case when m.reread then m.r_metrics else s.metrics end,
    metrics_at = case when m.reread then m.r_at else s.metrics_at end,
    metrics_by = case when m.reread then m.r_id else s.metrics_by end
  from merged as m where s.post_id = m.post_id and s.segment = m.segment;

  -- Segments of a former revision of which nothing was ever heard.
  delete from public.segments as s using public.posts as p
  where p.id = any (touched) and s.post_id = p.id
    and s.segment >= jsonb_array_length(p.content -> 'segments') and s.heard_at is null;

  update public.segments as s set state = surepost.segment_state(p.state, s.phase_state)
  from public.posts as p
  where p.id = any (touched) and s.post_id = p.id
    and s.state is distinct from surepost.segment_state(p.state, s.phase_state);
$$;

-- A segment that two different platform ids are claimed for was created twice, or one of them is wrong: for a person.
create function surepost.conflicts(touched uuid[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'postId', post_id, 'segment', segment, 'kept', platform_id, 'others', to_jsonb(other_platform_ids)) order by post_id, segment), '[]')
  from public.segments where conflict and post_id = any (touched)
$$;
