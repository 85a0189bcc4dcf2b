-- An edit begins anew: what was said of a revision (dispatched, failed, missed …) does not count for the next one. The
-- phase and the beginning of a post and of its segments are now ordered by (revision, at, id), and are empty while the
-- latest word speaks of a former revision. Facts that name no revision speak of the first.

alter table public.posts add column phase_revision integer, add column begun_revision integer;
alter table public.segments add column phase_revision integer;
comment on column public.posts.phase_revision is 'The revision that the latest phase was said of; older than the current one, it does not count.';
comment on column public.posts.begun_at is 'When the first segment of the current revision was first begun.';

create function surepost.revision_of(body jsonb) returns integer language sql immutable parallel safe as $$
  select case when body is not null then coalesce((body ->> 'revision')::integer, 1) end
$$;

-- What is there was said of a revision that can be looked up in the journal; the current one is right for all but edits.
update public.posts set phase_revision = coalesce(revision, 1) where phase_at is not null;
update public.posts set begun_revision = coalesce(revision, 1) where begun_at is not null;
update public.segments as s set phase_revision = coalesce(p.revision, 1)
from public.posts as p where p.id = s.post_id and s.phase_at is not null;

-- Whether a word about some revision is later than another: of a later revision, or of the same and later by (at, id).
create function surepost.is_later_word(body jsonb, at timestamptz, id uuid, than_revision integer, than_at timestamptz, than_id uuid)
returns boolean language sql immutable parallel safe as $$
  select at is not null
    and (than_at is null or (surepost.revision_of(body), at, id) > (coalesce(than_revision, 1), than_at, than_id))
$$;

create or replace function surepost.merge_posts(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with batch as (
    select
      f.post_id,
      (array_agg(f order by (f.body ->> 'revision')::integer desc, f.at, f.id) filter (where f.type = 'post.submitted'))[1] as s,
      (array_agg(f order by f.at desc, f.id desc) filter (where f.type = 'post.dispatched'))[1] as d,
      (array_agg(f order by surepost.revision_of(f.body) desc, f.at desc, f.id desc) filter (where surepost.phase_of(f.type) is not null))[1] as h,
      (array_agg(f order by surepost.revision_of(f.body) desc, f.at, f.id) filter (where f.type = 'post.segment_begun'))[1] as g,
      (array_agg(f order by f.at, f.id) filter (where f.type = 'post.cancelled'))[1] as c,
      min(f.at) filter (where f.type = 'post.submitted') as submitted_at,
      max(f.at) filter (where f.type = 'post.approved') as approved_at,
      array_agg((f.body ->> 'revision') || ':' || (f.body ->> 'hash')) filter (where f.type = 'post.approved') as approvals,
      count(*) filter (where f.type = 'post.dispatched') as dispatches,
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
      surepost.revision_of((b.h).body) as h_revision, (b.g).at as g_at, surepost.revision_of((b.g).body) as g_revision,
      greatest(p.revision, ((b.s).body ->> 'revision')::integer) as revision,
      (b.c).body as c, (b.c).id as c_id, (b.c).at as c_at,
      (b.s).id is not null and (
        p.revision is null or ((b.s).body ->> 'revision')::integer > p.revision
        or (((b.s).body ->> 'revision')::integer = p.revision
          and surepost.is_earlier((b.s).at, (b.s).id, p.revised_at, p.revised_by))) as resubmitted,
      surepost.is_later((b.d).at, (b.d).id, p.dispatched_at, p.dispatched_by) as redispatched,
      surepost.is_later_word((b.h).body, (b.h).at, (b.h).id, p.phase_revision, p.phase_at, p.phase_by) as rephased,
      (b.g).id is not null and (
        p.begun_revision is null or surepost.revision_of((b.g).body) > p.begun_revision
        or (surepost.revision_of((b.g).body) = p.begun_revision and (p.begun_at is null or (b.g).at < p.begun_at))) as rebegun,
      surepost.is_earlier((b.c).at, (b.c).id, p.cancelled_at, p.cancelled_fact) as recancelled,
      least(p.submitted_at, b.submitted_at) as submitted_at,
      case when b.approvals is null then p.approvals else surepost.text_union(p.approvals, b.approvals) end as approvals,
      greatest(p.approved_at, b.approved_at) as approved_at,
      p.dispatches + b.dispatches as dispatches,
      greatest(p.heard_at, b.heard_at) as heard_at,
      case when b.published is null then p.published else surepost.integer_union(p.published, b.published) end as published,
      case when b.deleted is null then p.deleted else surepost.integer_union(p.deleted, b.deleted) end as deleted
    from batch as b join public.posts as p on p.id = b.post_id
  ),
  -- Of which revision the latest phase and the beginning are, and whether that is a former one.
  weighed as (
    select m.*, phases.revision as phase_revision, begun.revision as begun_revision,
      phases.revision < m.revision as phase_is_former, begun.revision < m.revision as begun_is_former
    from merged as m join public.posts as p on p.id = m.post_id
    cross join lateral (select case when m.rephased then m.h_revision else p.phase_revision end) as phases (revision)
    cross join lateral (select case when m.rebegun then m.g_revision else p.begun_revision end) as begun (revision)
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
    begun_revision = m.begun_revision,
    begun_at = case when m.begun_is_former then null when m.rebegun then m.g_at else p.begun_at end,
    heard_at = m.heard_at,
    silent_at = surepost.silent_at(
      case when m.redispatched then (m.d ->> 'deadline')::timestamptz else p.dispatch_deadline end, m.dispatches, m.heard_at),
    phase = case when m.phase_is_former then null when m.rephased then m.h_phase else p.phase end,
    phase_revision = m.phase_revision,
    phase_at = case when m.rephased then m.h_at else p.phase_at end,
    phase_by = case when m.rephased then m.h_id else p.phase_by end,
    phase_reason = case when m.phase_is_former then null when m.rephased then m.h ->> 'reason' else p.phase_reason end,
    phase_code = case when m.phase_is_former then null when m.rephased then m.h ->> 'code' else p.phase_code end,
    cancelled_at = case when m.recancelled then m.c_at else p.cancelled_at end,
    cancelled_fact = case when m.recancelled then m.c_id else p.cancelled_fact end,
    cancelled_by = case when m.recancelled then m.c ->> 'by' else p.cancelled_by end,
    cancel_reason = case when m.recancelled then m.c ->> 'reason' else p.cancel_reason end,
    published = m.published,
    deleted = m.deleted
  from weighed as m where p.id = m.post_id
$$;

create or replace function surepost.merge_segments(fresh public.facts[], touched uuid[]) returns void
language sql set search_path = '' as $$
  with batch as (
    select
      f.post_id, (f.body ->> 'segment')::integer as segment,
      (array_agg(f order by f.at, f.id) filter (where f.type = 'post.segment_published'))[1] as x,
      (array_agg(f order by surepost.revision_of(f.body) desc, f.at desc, f.id desc) filter (where surepost.phase_of(f.type) is not null))[1] as h,
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
      s.post_id, s.segment, (b.x).body as x, (b.x).id as x_id, (b.x).at as x_at,
      (b.h).body as h, (b.h).id as h_id, (b.h).at as h_at, surepost.phase_of((b.h).type) as h_phase,
      surepost.revision_of((b.h).body) as h_revision,
      (b.r).body -> 'metrics' as r_metrics, (b.r).id as r_id, (b.r).at as r_at,
      surepost.is_earlier((b.x).at, (b.x).id, s.published_fact_at, s.published_fact) as republished,
      surepost.is_later_word((b.h).body, (b.h).at, (b.h).id, s.phase_revision, s.phase_at, s.phase_by) as rephased,
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
    phase_revision = case when m.rephased then m.h_revision else s.phase_revision end,
    phase = case when m.rephased then m.h_phase else s.phase end,
    phase_at = case when m.rephased then m.h_at else s.phase_at end,
    phase_by = case when m.rephased then m.h_id else s.phase_by end,
    phase_reason = case when m.rephased then m.h ->> 'reason' else s.phase_reason end,
    metrics = case when m.reread then m.r_metrics else s.metrics end,
    metrics_at = case when m.reread then m.r_at else s.metrics_at end,
    metrics_by = case when m.reread then m.r_id else s.metrics_by end
  from merged as m where s.post_id = m.post_id and s.segment = m.segment;

  -- Segments of a former revision of which nothing was ever heard.
  delete from public.segments as s using public.posts as p
  where p.id = any (touched) and s.post_id = p.id
    and s.segment >= jsonb_array_length(p.content -> 'segments') and s.heard_at is null;

  -- What was said of a former revision does not count for the current one.
  update public.segments as s set phase = null, phase_reason = null
  from public.posts as p
  where p.id = any (touched) and s.post_id = p.id and s.phase_revision < p.revision and s.phase is not null;

  -- The state that each segment of these posts shows.
  update public.segments as s set state = surepost.segment_state(p.state, s.phase_state)
  from public.posts as p
  where p.id = any (touched) and s.post_id = p.id
    and s.state is distinct from surepost.segment_state(p.state, s.phase_state);
$$;

create or replace function public.claim_expired_posts(
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
  select jsonb_agg(jsonb_build_object('postId', id, 'revision', revision, 'account', account, 'state', state, 'notAfter', not_after) order by not_after)
  into claimed from held;
  return coalesce(claimed, '[]');
end
$$;
