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

-- The post's own registers and sets. One pass over the facts, one write per post: the facts that win among those of the
-- batch (s: submission, d: dispatch, h: phase, c: cancellation) are then weighed against what the row holds.
create function surepost.merge_posts(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with batch as (
    select
      f.post_id,
      (array_agg(f order by (f.body ->> 'revision')::integer desc, f.at, f.id) filter (where f.type = 'post.submitted'))[1] as s,
      (array_agg(f order by f.at desc, f.id desc) filter (where f.type = 'post.dispatched'))[1] as d,
      (array_agg(f order by f.at desc, f.id desc) filter (where surepost.phase_of(f.type) is not null))[1] as h,
      (array_agg(f order by f.at, f.id) filter (where f.type = 'post.cancelled'))[1] as c,
      min(f.at) filter (where f.type = 'post.submitted') as submitted_at,
      max(f.at) filter (where f.type = 'post.approved') as approved_at,
      array_agg((f.body ->> 'revision') || ':' || (f.body ->> 'hash')) filter (where f.type = 'post.approved') as approvals,
      count(*) filter (where f.type = 'post.dispatched') as dispatches,
      min(f.at) filter (where f.type = 'post.segment_begun') as begun_at,
      max(f.at) filter (where f.type in (
        'post.segment_begun', 'post.segment_unknown', 'post.segment_aborted', 'post.segment_published')) as heard_at,
      array_agg((f.body ->> 'segment')::integer) filter (where f.type = 'post.segment_published') as published,
      array_agg((f.body ->> 'segment')::integer) filter (where f.type = 'post.segment_deleted') as deleted
    from unnest(fresh) as f where f.type like 'post.%' group by f.post_id
  ),
  merged as (
    select
      b.post_id, (b.s).body as s, (b.s).id as s_id, (b.s).at as s_at, (b.d).body as d, (b.d).id as d_id, (b.d).at as d_at,
      (b.h).body as h, (b.h).id as h_id, (b.h).at as h_at, surepost.phase_of((b.h).type) as h_phase,
      (b.c).body as c, (b.c).id as c_id, (b.c).at as c_at,
      (b.s).id is not null and (
        p.revision is null or ((b.s).body ->> 'revision')::integer > p.revision
        or (((b.s).body ->> 'revision')::integer = p.revision
          and surepost.is_earlier((b.s).at, (b.s).id, p.revised_at, p.revised_by))) as resubmitted,
      surepost.is_later((b.d).at, (b.d).id, p.dispatched_at, p.dispatched_by) as redispatched,
      surepost.is_later((b.h).at, (b.h).id, p.phase_at, p.phase_by) as rephased,
      surepost.is_earlier((b.c).at, (b.c).id, p.cancelled_at, p.cancelled_fact) as recancelled,
      least(p.submitted_at, b.submitted_at) as submitted_at,
      case when b.approvals is null then p.approvals else surepost.text_union(p.approvals, b.approvals) end as approvals,
      greatest(p.approved_at, b.approved_at) as approved_at,
      p.dispatches + b.dispatches as dispatches,
      least(p.begun_at, b.begun_at) as begun_at,
      greatest(p.heard_at, b.heard_at) as heard_at,
      case when b.published is null then p.published else surepost.integer_union(p.published, b.published) end as published,
      case when b.deleted is null then p.deleted else surepost.integer_union(p.deleted, b.deleted) end as deleted
    from batch as b join public.posts as p on p.id = b.post_id
  )
  update public.posts as p set
    revision = case when m.resubmitted then (m.s ->> 'revision')::integer else p.revision end,
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
    dispatch_deadline = case when m.redispatched then (m.d ->> 'deadline')::timestamptz else p.dispatch_deadline end,
    begun_at = m.begun_at,
    heard_at = m.heard_at,
    silent_at = surepost.silent_at(
      case when m.redispatched then (m.d ->> 'deadline')::timestamptz else p.dispatch_deadline end, m.dispatches, m.heard_at),
    phase = case when m.rephased then m.h_phase else p.phase end,
    phase_at = case when m.rephased then m.h_at else p.phase_at end,
    phase_by = case when m.rephased then m.h_id else p.phase_by end,
    phase_reason = case when m.rephased then m.h ->> 'reason' else p.phase_reason end,
    phase_code = case when m.rephased then m.h ->> 'code' else p.phase_code end,
    cancelled_at = case when m.recancelled then m.c_at else p.cancelled_at end,
    cancelled_fact = case when m.recancelled then m.c_id else p.cancelled_fact end,
    cancelled_by = case when m.recancelled then m.c ->> 'by' else p.cancelled_by end,
    cancel_reason = case when m.recancelled then m.c ->> 'reason' else p.cancel_reason end,
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

-- What facts say of single segments, then the state that each segment of a touched post shows. As in merge_posts: x is the
-- publication that wins in the batch, h the phase, r the reading.
create function surepost.merge_segments(fresh public.facts[], touched uuid[]) returns void
language sql set search_path = '' as $$
  with batch as (
    select
      f.post_id, (f.body ->> 'segment')::integer as segment,
      (array_agg(f order by f.at, f.id) filter (where f.type = 'post.segment_published'))[1] as x,
      (array_agg(f order by f.at desc, f.id desc) filter (where surepost.phase_of(f.type) is not null))[1] as h,
      (array_agg(f order by f.at desc, f.id desc) filter (where f.type = 'metrics.collected' and f.body ->> 'suspect' is null))[1] as r,
      array_agg(distinct f.body ->> 'platformId') filter (where f.type = 'post.segment_published') as platform_ids,
      min(f.at) as heard_at,
      min(f.at) filter (where f.type = 'post.segment_deleted') as deleted_at,
      max(f.at) filter (where f.type = 'post.segment_missing') as missing_at,
      max((f.body ->> 'attempt')::integer) as attempt
    from unnest(fresh) as f
    where f.type ~ '^(post|metrics)\.' and f.body ->> 'segment' is not null
    group by f.post_id, (f.body ->> 'segment')::integer
  ),
  merged as (
    select
      s.post_id, s.segment, p.state as post_state, (b.x).body as x, (b.x).id as x_id, (b.x).at as x_at,
      (b.h).body as h, (b.h).id as h_id, (b.h).at as h_at, surepost.phase_of((b.h).type) as h_phase,
      (b.r).body -> 'metrics' as r_metrics, (b.r).id as r_id, (b.r).at as r_at,
      surepost.is_earlier((b.x).at, (b.x).id, s.published_fact_at, s.published_fact) as republished,
      surepost.is_later((b.h).at, (b.h).id, s.phase_at, s.phase_by) as rephased,
      surepost.is_later((b.r).at, (b.r).id, s.metrics_at, s.metrics_by) as reread,
      case when b.platform_ids is not null then
        surepost.text_union(array_remove(s.other_platform_ids || s.platform_id, null), b.platform_ids) end as known_ids,
      least(s.heard_at, b.heard_at) as heard_at,
      least(s.deleted_at, b.deleted_at) as deleted_at,
      greatest(s.missing_at, b.missing_at) as missing_at,
      greatest(s.attempt, b.attempt) as attempt
    from batch as b
    join public.segments as s on s.post_id = b.post_id and s.segment = b.segment
    join public.posts as p on p.id = b.post_id
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
    other_platform_ids = case when m.known_ids is null then s.other_platform_ids
      else array_remove(m.known_ids, case when m.republished then m.x ->> 'platformId' else s.platform_id end) end,
    recorded_at = coalesce(s.recorded_at, case when m.x_id is not null then now() end),
    heard_at = m.heard_at,
    deleted_at = m.deleted_at,
    missing_at = m.missing_at,
    attempt = m.attempt,
    phase = case when m.rephased then m.h_phase else s.phase end,
    phase_at = case when m.rephased then m.h_at else s.phase_at end,
    phase_by = case when m.rephased then m.h_id else s.phase_by end,
    phase_reason = case when m.rephased then m.h ->> 'reason' else s.phase_reason end,
    metrics = case when m.reread then m.r_metrics else s.metrics end,
    metrics_at = case when m.reread then m.r_at else s.metrics_at end,
    metrics_by = case when m.reread then m.r_id else s.metrics_by end,
    state = surepost.segment_state(m.post_state, case
      when m.deleted_at is not null then 'deleted'
      when s.platform_id is not null or m.x_id is not null then 'live'
      when m.rephased then m.h_phase
      else s.phase end)
  from merged as m where s.post_id = m.post_id and s.segment = m.segment;

  -- Segments of a former revision of which nothing was ever heard.
  delete from public.segments as s using public.posts as p
  where p.id = any (touched) and s.post_id = p.id
    and s.segment >= jsonb_array_length(p.content -> 'segments') and s.heard_at is null;

  -- The other segments of these posts.
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
