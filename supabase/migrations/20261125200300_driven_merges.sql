-- Applying a batch by a list of merges, and the merges of posts and segments with one write per row.
--
-- To have another fact merged: a function surepost.<name>(fresh public.facts[]), or (fresh, touched uuid[]) where the posts
-- that the batch names are needed, and a row in surepost.merges. apply_facts itself is not written anew.
--
-- The big merges are plpgsql, whose plans are kept from call to call; a function in SQL plans its statements anew in every
-- transaction. A kept plan may have been made when the tables were empty: what they look up is found by its key, whatever the
-- planner thought of the size (enable_seqscan). It does not know how many facts a batch has either, and compares each with each where it
-- takes them for few (enable_nestloop): without that these merges take twice as long.

create table surepost.merges (
  name text primary key,
  place integer not null unique,
  kinds text[] not null,
  takes_posts boolean not null default false
);
comment on table surepost.merges is
  'What apply_facts does with new facts: surepost.<name>(fresh), or (fresh, touched) where it takes posts, for batches with a fact of one of the kinds (the word before the first dot), in the order of `place`. Locks are taken in that order.';

-- Put facts into the journal; answers those that were not in it. As before (20261123160800_apply_facts.sql), read once.
create or replace function surepost.journal(facts jsonb) returns public.facts[]
language plpgsql set search_path = '' as $$
declare
  fresh public.facts[];
  incomplete text;
begin
  if jsonb_typeof(facts) is distinct from 'array' then
    raise exception using errcode = 'SP001', message = 'facts must be an array of {id, type, body}';
  end if;
  with added as (
    insert into public.facts as j (id, at, type, post_id, account, body)
    select f.id, (f.body ->> 'at')::timestamptz as at, f.type, (f.body ->> 'postId')::uuid,
      coalesce(f.body ->> 'account', f.body -> 'config' ->> 'id'), f.body
    from jsonb_to_recordset(facts) as f (id uuid, type text, body jsonb)
    order by f.id, at
    on conflict (id, at) do nothing
    returning j as fact
  )
  select coalesce(array_agg(fact), '{}') into fresh from added;

  select f.id into incomplete from unnest(fresh) as f
  where (f.post_id is null and f.type ~ '^(post|metrics)\.')
    or (f.body ->> 'segment' is null and f.type ~ '^(post\.segment_|metrics\.)')
    or (f.account is null and f.type ~ '^(account|mention)\.')
  limit 1;
  if found then
    raise exception using errcode = 'SP001', message = format('fact %s lacks the post, segment or account it is about', incomplete);
  end if;
  return fresh;
end
$$;

-- Rows for all posts that the facts name, locked until the end of the transaction in the order of their ids. What the batch
-- says of a post is a row like any other (the first or last words by (at, id), and sets), and that row is merged with the one that
-- is there, if one is: s submission, d dispatch, h phase, g beginning, c cancellation.
create or replace function surepost.merge_posts(fresh public.facts[]) returns void
language plpgsql set search_path = '' set enable_nestloop = off as $$
begin
  with f as materialized (
    select f.id, f.at, f.type, f.post_id, f.body, surepost.phase_of(f.type) as phase, surepost.revision_of(f.body) as revision
    from unnest(fresh) as f where f.type ~ '^(post|metrics)\.'
  ),
  s as (select distinct on (post_id) * from f where type = 'post.submitted' order by post_id, revision desc, at, id),
  d as (select distinct on (post_id) * from f where type = 'post.dispatched' order by post_id, at desc, id desc),
  h as (select distinct on (post_id) * from f where phase is not null order by post_id, revision desc, at desc, id desc),
  g as (select distinct on (post_id) * from f where type = 'post.segment_begun' order by post_id, revision desc, at, id),
  c as (select distinct on (post_id) * from f where type = 'post.cancelled' order by post_id, at, id),
  sums as (
    select
      post_id,
      min(at) filter (where type = 'post.submitted') as submitted_at,
      max(at) filter (where type = 'post.approved') as approved_at,
      array_agg(distinct (body ->> 'revision') || ':' || (body ->> 'hash')) filter (where type = 'post.approved') as approvals,
      count(*) filter (where type = 'post.dispatched') as dispatches,
      max(at) filter (where type in (
        'post.segment_begun', 'post.segment_unknown', 'post.segment_aborted', 'post.segment_published')) as heard_at,
      array_agg(distinct (body ->> 'segment')::integer) filter (where type = 'post.segment_published') as published,
      array_agg(distinct (body ->> 'segment')::integer) filter (where type = 'post.segment_deleted') as deleted
    from f group by post_id
  )
  insert into public.posts as p (
    id, revision, revised_at, revised_by, account, platform, hash, content, client, approval, scheduled_at, not_after,
    submitted_at, approvals, approved_at, dispatches, dispatched_at, dispatched_by, dispatch_deadline,
    begun_revision, begun_at, heard_at, silent_at,
    phase_revision, phase, phase_at, phase_by, phase_reason, phase_code,
    cancelled_at, cancelled_fact, cancelled_by, cancel_reason, published, deleted)
  select
    sums.post_id, s.revision, s.at, s.id, s.body ->> 'account', s.body ->> 'platform', s.body ->> 'hash', s.body -> 'content',
    s.body ->> 'client', s.body ->> 'approval', (s.body ->> 'scheduledAt')::timestamptz, (s.body ->> 'notAfter')::timestamptz,
    sums.submitted_at, coalesce(sums.approvals, '{}'), sums.approved_at,
    sums.dispatches, d.at, d.id, (d.body ->> 'deadline')::timestamptz,
    g.revision, case when g.revision < s.revision then null else g.at end, sums.heard_at,
    surepost.silent_at((d.body ->> 'deadline')::timestamptz, sums.dispatches, sums.heard_at),
    h.revision, case when former.phase then null else h.phase end, h.at, h.id,
    case when former.phase then null else h.body ->> 'reason' end, case when former.phase then null else h.body ->> 'code' end,
    c.at, c.id, c.body ->> 'by', c.body ->> 'reason', coalesce(sums.published, '{}'), coalesce(sums.deleted, '{}')
  from sums left join s using (post_id) left join d using (post_id) left join h using (post_id)
  left join g using (post_id) left join c using (post_id)
  cross join lateral (select coalesce(h.revision < s.revision, false)) as former (phase)
  order by sums.post_id
  on conflict (id) do update set
    (revision, revised_at, revised_by, account, platform, hash, content, client, approval, scheduled_at, not_after) = (
      select
        case when take then excluded.revision else p.revision end,
        case when take then excluded.revised_at else p.revised_at end,
        case when take then excluded.revised_by else p.revised_by end,
        case when take then excluded.account else p.account end,
        case when take then excluded.platform else p.platform end,
        case when take then excluded.hash else p.hash end,
        case when take then excluded.content else p.content end,
        case when take then excluded.client else p.client end,
        case when take then excluded.approval else p.approval end,
        case when take then excluded.scheduled_at else p.scheduled_at end,
        case when take then excluded.not_after else p.not_after end
      from (select excluded.revision > p.revision or (excluded.revision is not null and p.revision is null)
        or (excluded.revision = p.revision
          and surepost.is_earlier(excluded.revised_at, excluded.revised_by, p.revised_at, p.revised_by))) as t (take)
    ),
    submitted_at = least(p.submitted_at, excluded.submitted_at),
    approvals = surepost.text_union(p.approvals, excluded.approvals),
    approved_at = greatest(p.approved_at, excluded.approved_at),
    dispatches = p.dispatches + excluded.dispatches,
    (dispatched_at, dispatched_by, dispatch_deadline, silent_at) = (
      select
        case when take then excluded.dispatched_at else p.dispatched_at end,
        case when take then excluded.dispatched_by else p.dispatched_by end,
        case when take then excluded.dispatch_deadline else p.dispatch_deadline end,
        surepost.silent_at(
          case when take then excluded.dispatch_deadline else p.dispatch_deadline end,
          p.dispatches + excluded.dispatches, greatest(p.heard_at, excluded.heard_at))
      from (select surepost.is_later(excluded.dispatched_at, excluded.dispatched_by, p.dispatched_at, p.dispatched_by)) as t (take)
    ),
    (begun_revision, begun_at) = (
      select
        case when take then excluded.begun_revision else p.begun_revision end,
        case
          when case when take then excluded.begun_revision else p.begun_revision end < greatest(p.revision, excluded.revision) then null
          when take then excluded.begun_at
          else p.begun_at
        end
      from (select excluded.begun_revision > p.begun_revision or (excluded.begun_revision is not null and p.begun_revision is null)
        or (excluded.begun_revision = p.begun_revision and (p.begun_at is null or excluded.begun_at < p.begun_at))) as t (take)
    ),
    heard_at = greatest(p.heard_at, excluded.heard_at),
    (phase_revision, phase, phase_at, phase_by, phase_reason, phase_code) = (
      select
        case when take then excluded.phase_revision else p.phase_revision end,
        case when former then null when take then excluded.phase else p.phase end,
        case when take then excluded.phase_at else p.phase_at end,
        case when take then excluded.phase_by else p.phase_by end,
        case when former then null when take then excluded.phase_reason else p.phase_reason end,
        case when former then null when take then excluded.phase_code else p.phase_code end
      from (select excluded.phase_at is not null and (p.phase_at is null
          or (excluded.phase_revision, excluded.phase_at, excluded.phase_by) > (coalesce(p.phase_revision, 1), p.phase_at, p.phase_by))) as t (take)
      cross join lateral (
        select case when take then excluded.phase_revision else p.phase_revision end < greatest(p.revision, excluded.revision)) as u (former)
    ),
    (cancelled_at, cancelled_fact, cancelled_by, cancel_reason) = (
      select
        case when take then excluded.cancelled_at else p.cancelled_at end,
        case when take then excluded.cancelled_fact else p.cancelled_fact end,
        case when take then excluded.cancelled_by else p.cancelled_by end,
        case when take then excluded.cancel_reason else p.cancel_reason end
      from (select surepost.is_earlier(excluded.cancelled_at, excluded.cancelled_fact, p.cancelled_at, p.cancelled_fact)) as t (take)
    ),
    published = surepost.integer_union(p.published, excluded.published),
    deleted = surepost.integer_union(p.deleted, excluded.deleted)
  -- A post of which only its segments and readings are spoken is locked and not written.
  where excluded.revised_at is not null or excluded.phase_at is not null or excluded.heard_at is not null
    or excluded.cancelled_at is not null or excluded.approved_at is not null
    or excluded.published <> '{}' or excluded.deleted <> '{}';
end
$$;

-- A segment for each that a submitted content has or a fact names, and what is said of it: x is the publication that wins in the
-- batch, h the phase, r the reading. As with posts, what the batch says is a row, merged with the one that is there.
drop function surepost.merge_segments(public.facts[], uuid[]);
create function surepost.merge_segments(fresh public.facts[]) returns void
language plpgsql set search_path = '' set enable_nestloop = off set enable_seqscan = off as $$
begin
  with f as materialized (
    select f.id, f.at, f.type, f.post_id, (f.body ->> 'segment')::integer as segment, f.body, surepost.phase_of(f.type) as phase,
      surepost.revision_of(f.body) as revision
    from unnest(fresh) as f where f.type ~ '^(post|metrics)\.'
  ),
  x as (
    select distinct on (post_id, segment) * from f where type = 'post.segment_published' order by post_id, segment, at, id),
  h as (
    select distinct on (post_id, segment) * from f where phase is not null and segment is not null
    order by post_id, segment, revision desc, at desc, id desc),
  r as (
    select distinct on (post_id, segment) * from f where type = 'metrics.collected' and body ->> 'suspect' is null
    order by post_id, segment, at desc, id desc),
  sums as (
    select
      post_id, segment,
      array_agg(distinct body ->> 'platformId') filter (where type = 'post.segment_published') as platform_ids,
      min(at) as heard_at,
      min(at) filter (where type = 'post.segment_deleted') as deleted_at,
      max(at) filter (where type = 'post.segment_missing') as missing_at,
      max((body ->> 'attempt')::integer) as attempt
    from f where segment is not null group by post_id, segment
  ),
  parts as (
    select submitted.post_id, (part.n - 1)::integer as segment, part.content
    from (select distinct post_id from f where type = 'post.submitted') as submitted
    cross join lateral jsonb_array_elements((select p.content -> 'segments' from public.posts as p where p.id = submitted.post_id))
      with ordinality as part (content, n)
  ),
  said as (
    select post_id, segment, parts.content, sums.platform_ids, sums.heard_at, sums.deleted_at, sums.missing_at, sums.attempt,
      (select p.state from public.posts as p where p.id = post_id) as post_state,
      (select p.revision from public.posts as p where p.id = post_id) as post_revision
    from sums full join parts using (post_id, segment)
  )
  insert into public.segments as s (
    post_id, segment, text, media, account, platform, platform_id, url, published_at, source, published_fact_at, published_fact,
    other_platform_ids, recorded_at, heard_at, deleted_at, missing_at, attempt,
    phase_revision, phase, phase_at, phase_by, phase_reason, metrics, metrics_at, metrics_by, state)
  select
    post_id, segment, said.content ->> 'text', said.content -> 'media',
    x.body ->> 'account', x.body ->> 'platform', x.body ->> 'platformId', x.body ->> 'url', (x.body ->> 'publishedAt')::timestamptz,
    x.body ->> 'source', x.at, x.id,
    coalesce(array_remove(said.platform_ids, x.body ->> 'platformId'), '{}'), case when x.id is not null then now() end,
    said.heard_at, said.deleted_at, said.missing_at, said.attempt,
    h.revision, case when former.phase then null else h.phase end, h.at, h.id,
    case when former.phase then null else h.body ->> 'reason' end,
    r.body -> 'metrics', r.at, r.id,
    surepost.segment_state(said.post_state, case
      when said.deleted_at is not null then 'deleted'
      when x.id is not null then 'live'
      when former.phase then null
      else h.phase end)
  from said
  left join x using (post_id, segment) left join h using (post_id, segment) left join r using (post_id, segment)
  cross join lateral (select coalesce(h.revision < said.post_revision, false)) as former (phase)
  order by post_id, segment
  on conflict (post_id, segment) do update set
    text = coalesce(excluded.text, s.text),
    media = coalesce(excluded.media, s.media),
    (account, platform, platform_id, url, published_at, source, published_fact_at, published_fact, other_platform_ids) = (
      select
        case when take then excluded.account else s.account end,
        case when take then excluded.platform else s.platform end,
        case when take then excluded.platform_id else s.platform_id end,
        case when take then excluded.url else s.url end,
        case when take then excluded.published_at else s.published_at end,
        case when take then excluded.source else s.source end,
        case when take then excluded.published_fact_at else s.published_fact_at end,
        case when take then excluded.published_fact else s.published_fact end,
        case when excluded.published_fact is null then s.other_platform_ids else
          array_remove(
            surepost.text_union(
              array_remove(s.other_platform_ids || s.platform_id, null), excluded.other_platform_ids || excluded.platform_id),
            case when take then excluded.platform_id else s.platform_id end) end
      from (select surepost.is_earlier(
        excluded.published_fact_at, excluded.published_fact, s.published_fact_at, s.published_fact)) as t (take)
    ),
    recorded_at = coalesce(s.recorded_at, excluded.recorded_at),
    heard_at = least(s.heard_at, excluded.heard_at),
    deleted_at = least(s.deleted_at, excluded.deleted_at),
    missing_at = greatest(s.missing_at, excluded.missing_at),
    attempt = greatest(s.attempt, excluded.attempt),
    (phase_revision, phase, phase_at, phase_by, phase_reason, state) = (
      select
        case when take then excluded.phase_revision else s.phase_revision end,
        case when take then excluded.phase else s.phase end,
        case when take then excluded.phase_at else s.phase_at end,
        case when take then excluded.phase_by else s.phase_by end,
        case when take then excluded.phase_reason else s.phase_reason end,
        surepost.segment_state((select p.state from public.posts as p where p.id = excluded.post_id), case
          when least(s.deleted_at, excluded.deleted_at) is not null then 'deleted'
          when coalesce(s.platform_id, excluded.platform_id) is not null then 'live'
          when take then excluded.phase
          else s.phase end)
      from (select excluded.phase_at is not null and (s.phase_at is null
        or (excluded.phase_revision, excluded.phase_at, excluded.phase_by) > (coalesce(s.phase_revision, 1), s.phase_at, s.phase_by))) as t (take)
    ),
    (metrics, metrics_at, metrics_by) = (
      select
        case when take then excluded.metrics else s.metrics end,
        case when take then excluded.metrics_at else s.metrics_at end,
        case when take then excluded.metrics_by else s.metrics_by end
      from (select surepost.is_later(excluded.metrics_at, excluded.metrics_by, s.metrics_at, s.metrics_by)) as t (take)
    );
end
$$;

-- What remains to be done for the segments of some posts: looked for once, since it is rare.
create function surepost.settle_segments(fresh public.facts[], touched uuid[]) returns void
language plpgsql set search_path = '' set enable_seqscan = off as $$
begin
  perform from public.posts as p join public.segments as s on s.post_id = p.id
  where p.id = any (touched) and (
    s.segment >= jsonb_array_length(p.content -> 'segments')
    or (s.phase_revision < p.revision and s.phase is not null)
    or s.state is distinct from surepost.segment_state(p.state, s.phase_state))
  limit 1;
  if not found then return; end if;

  -- Segments of a former revision: they have no text any more, and those of which nothing was ever heard go.
  update public.segments as s set text = null, media = null
  from public.posts as p
  where p.id = any (touched) and s.post_id = p.id and s.segment >= jsonb_array_length(p.content -> 'segments') and s.text is not null;
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
end
$$;

-- The latest correction of a segment is its true id, as before (20261125160000_last_words.sql): put in force once for a batch,
-- and not by a trigger for every row that was ever written.
drop trigger correct_segment on public.segments;
drop function surepost.correct_segment();

create or replace function surepost.merge_corrections(fresh public.facts[], touched uuid[]) returns void
language plpgsql set search_path = '' set enable_seqscan = off as $$
begin
  insert into public.corrections (id, post_id, segment, at, wrong, platform_id, url, published_at)
  select id, post_id, (body ->> 'segment')::integer, at, body ->> 'wrong', body ->> 'platformId', body ->> 'url', (body ->> 'publishedAt')::timestamptz
  from unnest(fresh) where type = 'post.segment_corrected'
  order by id, at on conflict (id, at) do nothing;
  if not exists (select from public.corrections where post_id = any (touched)) then return; end if;

  -- What contradicts it are the published ids that no correction speaks of: those that one names are explained by it.
  update public.segments as s set
    platform_id = latest.platform_id, url = latest.url, published_at = latest.published_at,
    other_platform_ids = array(
      select distinct other from unnest(s.other_platform_ids || s.platform_id) as other
      where not exists (
        select from public.corrections as c
        where c.post_id = s.post_id and c.segment = s.segment and other in (c.wrong, c.platform_id))
      order by other)
  from (
    select distinct on (post_id, segment) post_id, segment, platform_id, url, published_at
    from public.corrections where post_id = any (touched) order by post_id, segment, at desc, id desc
  ) as latest
  where s.post_id = latest.post_id and s.segment = latest.segment and s.platform_id is not null;
  update public.readings as r
  set suspect = case when r.platform_id = s.platform_id then null else surepost.read_from_another(r.platform_id) end
  from public.segments as s
  where r.post_id = any (touched) and s.post_id = r.post_id and s.segment = r.segment
    and (r.suspect is null) = (r.platform_id <> s.platform_id)
    and coalesce(r.suspect, surepost.read_from_another(r.platform_id)) = surepost.read_from_another(r.platform_id)
    and exists (select from public.corrections as c where c.post_id = r.post_id and c.segment = r.segment and c.wrong = r.platform_id);
  update public.segments as s set (metrics, metrics_at, metrics_by) = (
    select r.metrics, r.at, r.id from public.readings as r
    where r.post_id = s.post_id and r.segment = s.segment and r.suspect is null order by r.at desc, r.id desc limit 1)
  where s.post_id = any (touched)
    and exists (select from public.corrections as c where c.post_id = s.post_id and c.segment = s.segment);
end
$$;

-- As before (20261123160700_apply_others.sql).
create or replace function surepost.merge_checks(fresh public.facts[]) returns void
language plpgsql set search_path = '' set enable_nestloop = off as $$
begin
  with f as materialized (
    select
      id, at, post_id, (body ->> 'checkId')::uuid as check_id, (body ->> 'segment')::integer as segment,
      type = 'metrics.collected' and body ->> 'suspect' is null as done,
      type = 'metrics.check_failed' or (type = 'metrics.collected' and body ->> 'suspect' is not null) as failed,
      type = 'metrics.check_missed' as missed,
      case when type = 'metrics.collected' then 'suspect reading: ' || (body ->> 'suspect') else body ->> 'reason' end as reason
    from unnest(fresh) where type like 'metrics.%'
  ),
  sums as (
    select
      check_id, min(post_id::text)::uuid as post_id, min(segment) as segment,
      min(at) filter (where done) as done_at,
      min(at) filter (where missed) as missed_at,
      (count(*) filter (where failed))::integer as failures
    from f group by check_id
  ),
  missed as (select distinct on (check_id) check_id, reason from f where missed order by check_id, at, reason),
  failed as (select distinct on (check_id) check_id, id, at, reason from f where failed order by check_id, at desc, id desc)
  insert into public.checks as c
    (id, post_id, segment, done_at, missed_at, missed_reason, failures, last_failed_at, last_failed_by, last_error, retry_at)
  select
    check_id, sums.post_id, sums.segment, sums.done_at, sums.missed_at, missed.reason, sums.failures, failed.at, failed.id, failed.reason,
    surepost.retry_after(failed.at, sums.failures)
  from sums left join missed using (check_id) left join failed using (check_id)
  order by check_id
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
    claimed_until = case when excluded.last_failed_at >= c.claimed_at then null else c.claimed_until end;
end
$$;

insert into surepost.merges (place, name, kinds, takes_posts) values
  -- Posts by id first, which locks them; then rows below a locked post.
  (100, 'merge_posts', '{post,metrics}', false),
  (110, 'merge_segments', '{post,metrics}', false),
  (115, 'settle_segments', '{post,metrics}', true),
  (118, 'close_checks_of', '{post,metrics}', true),
  (120, 'merge_checks', '{metrics}', false),
  (130, 'add_readings', '{metrics}', false),
  (140, 'merge_corrections', '{post,metrics}', true),
  (150, 'merge_doubts', '{post,metrics}', true),
  -- Then what has a key of its own.
  (200, 'merge_mentions', '{mention}', false),
  (300, 'merge_accounts', '{account}', false),
  (310, 'merge_audits', '{account}', false),
  (320, 'merge_labels', '{account}', false),
  (400, 'merge_jobs', '{job}', false),
  (410, 'merge_due_times', '{job}', false),
  (500, 'merge_alerts', '{alert}', false),
  (510, 'merge_runbooks', '{alert}', false),
  (600, 'merge_breakers', '{breaker}', false),
  (700, 'merge_ledgers', '{ledger}', false);

-- The checks of segments that are deleted (see close_checks).
create function surepost.close_checks_of(fresh public.facts[], touched uuid[]) returns void
language plpgsql set search_path = '' set enable_seqscan = off as $$
begin
  if exists (select from public.segments where post_id = any (touched) and deleted_at is not null) then
    perform surepost.close_checks(touched);
  end if;
end
$$;

drop function surepost.spread_segments(public.facts[]);
drop function surepost.lock_posts(public.facts[]);

-- Postgres takes the merges for dear (it cannot know how few facts there are) and would compile them, which takes seconds for a call of
-- milliseconds.
create or replace function public.apply_facts(facts jsonb) returns jsonb
language plpgsql security definer set search_path = '' set jit = off as $$
declare
  fresh public.facts[] := surepost.journal(facts);
  of_kinds text[];
  touched uuid[];
  named uuid[];
  merge surepost.merges;
begin
  select array_agg(distinct split_part(f.type, '.', 1)),
    coalesce(array_agg(distinct f.post_id) filter (where f.type ~ '^(post|metrics)\.'), '{}')
  into of_kinds, touched from unnest(fresh) as f;
  for merge in select * from surepost.merges where kinds && of_kinds order by place loop
    execute format('select surepost.%I($1%s)', merge.name, case when merge.takes_posts then ', $2' else '' end) using fresh, touched;
  end loop;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f.body ->> 'postId')::uuid from jsonb_to_recordset(facts) as f (type text, body jsonb)
    where f.type = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named),
    'timesToLive', surepost.times_to_live(named));
end
$$;
