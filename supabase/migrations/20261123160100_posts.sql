-- Posts and their segments. A row is the merge of the facts about it, in whatever order they came: registers keep the
-- first or the last word by (at, id), sets only grow, and `state` is generated from the row's own columns. So it cannot
-- be stale, and cannot be set.

-- The state of a post, equal to `postState` of the contracts package: evidence from the platform outranks all that was
-- said, a cancellation outranks the phases, among phases the latest word counts. Null for a stub (no submission yet).
create function surepost.post_state(
  segments integer, published integer, deleted integer, cancelled boolean, phase text, approved boolean, scheduled boolean
) returns text language sql immutable parallel safe as $$
  select case
    when segments is null then null
    when published >= segments then case when deleted >= published then 'deleted' else 'live' end
    when cancelled then 'cancelled'
    when phase is not null then phase
    when not approved then 'review'
    when scheduled then 'scheduled'
    else 'accepted'
  end
$$;

create table public.posts (
  id uuid primary key,

  -- The current revision: the highest submitted; of repeats, the earliest.
  revision integer check (revision >= 1),
  revised_at timestamptz,
  revised_by uuid,
  account text,
  platform text,
  hash text,
  content jsonb,
  client text,
  approval text check (approval in ('auto', 'review')),
  scheduled_at timestamptz,
  not_after timestamptz,
  submitted_at timestamptz,

  -- What was said since.
  approvals text[] not null default '{}',
  approved_at timestamptz,
  dispatches integer not null default 0,
  dispatched_at timestamptz,
  dispatched_by uuid,
  dispatch_deadline timestamptz,
  begun_at timestamptz,
  heard_at timestamptz,
  silent_at timestamptz,
  phase text check (phase in ('queued', 'publishing', 'unknown', 'failed', 'missed', 'needs_attention')),
  phase_at timestamptz,
  phase_by uuid,
  phase_code text,
  phase_reason text,
  cancelled_at timestamptz,
  cancelled_fact uuid,
  cancelled_by text,
  cancel_reason text,
  published integer[] not null default '{}',
  deleted integer[] not null default '{}',

  -- The persister's own bookkeeping: who holds this row for dispatching, until when.
  claimed_until timestamptz,

  kind text generated always as (case when content ? 'replyTo' then 'reply' when content is not null then 'post' end) stored,
  reason text generated always as (case when cancelled_at is not null then cancel_reason else phase_reason end) stored,
  due_at timestamptz generated always as (coalesce(scheduled_at, revised_at)) stored,
  state text generated always as (
    surepost.post_state(
      jsonb_array_length(content -> 'segments'),
      cardinality(published),
      cardinality(deleted),
      cancelled_at is not null,
      phase,
      approval = 'auto' or (revision::text || ':' || hash) = any (approvals),
      scheduled_at is not null
    )
  ) stored,
  constraint submission_is_whole check (
    revision is null
    or (num_nulls(revised_at, revised_by, account, platform, hash, client, approval, not_after, submitted_at) = 0
      and coalesce(jsonb_array_length(content -> 'segments') >= 1, false))
  )
);
alter table public.posts enable row level security;

comment on table public.posts is 'One row per post: the merge of its facts. A row without a state is a stub: its submission is not recorded yet.';
comment on column public.posts.state is 'review, accepted, scheduled, queued, publishing, unknown, live, failed, missed, cancelled, deleted or needs_attention.';
comment on column public.posts.submitted_at is 'When its first revision was submitted; the list is ordered by it.';
comment on column public.posts.not_after is 'Past this it is not created any more.';
comment on column public.posts.approvals is 'Every approval, as revision:hash. It counts for the current revision only if both are that one''s.';
comment on column public.posts.heard_at is 'The latest word of a ledger about it (begun, unknown, aborted, published).';
comment on column public.posts.silent_at is 'A word about a dispatched post is due by then (see surepost.silent_at); after it, it is dispatched again.';
comment on column public.posts.phase is 'The latest word that is no evidence: what the post is in unless it is live or cancelled.';
comment on column public.posts.reason is 'Why it is cancelled, failed, missed, unknown or needs attention (phase_code: in a word).';
comment on column public.posts.published is 'The segments that were ever live.';
comment on column public.posts.claimed_until is 'A dispatcher has it in hand until then.';

-- Lists, newest first, with the cursor (submitted_at, id).
create index posts_newest on public.posts (submitted_at desc, id desc) where submitted_at is not null;
create index posts_newest_of_state on public.posts (state, submitted_at desc, id desc) where submitted_at is not null;
create index posts_newest_of_account on public.posts (account, submitted_at desc, id desc) where submitted_at is not null;
-- Polled by the jobs: only rows that still wait are in these.
create index posts_due on public.posts (due_at) where state in ('accepted', 'scheduled');
create index posts_silent on public.posts (silent_at) where state in ('queued', 'publishing', 'unknown');
create index posts_expiring on public.posts (not_after) where state in ('review', 'accepted', 'scheduled', 'queued');

create table public.segments (
  post_id uuid not null references public.posts (id) on delete cascade,
  segment integer not null check (segment >= 0),
  text text,
  media jsonb,
  account text,
  platform text,
  platform_id text check (platform_id ~ '^[1-9][0-9]{14,19}$'),
  url text,
  published_at timestamptz,
  source text check (source in ('response', 'reconciled', 'audit')),
  published_fact_at timestamptz,
  published_fact uuid,
  other_platform_ids text[] not null default '{}',
  recorded_at timestamptz,
  deleted_at timestamptz,
  missing_at timestamptz,
  phase text check (phase in ('queued', 'publishing', 'unknown', 'failed', 'needs_attention')),
  phase_at timestamptz,
  phase_by uuid,
  phase_reason text,
  attempt integer,
  heard_at timestamptz,
  metrics jsonb check (jsonb_typeof(metrics) = 'object'),
  metrics_at timestamptz,
  metrics_by uuid,
  checks_planned_at timestamptz,
  conflict boolean generated always as (cardinality(other_platform_ids) > 0) stored,
  missing boolean generated always as (missing_at is not null and (metrics_at is null or missing_at > metrics_at)) stored,
  -- What this segment alone says; null: nothing was said of it yet, it is in the state of its post.
  phase_state text generated always as (
    case when deleted_at is not null then 'deleted' when platform_id is not null then 'live' else phase end
  ) stored,
  -- phase_state, filled in from the post's state by apply_facts.
  state text,
  primary key (post_id, segment),
  constraint publication_is_whole check (
    published_fact is null or num_nulls(account, platform, platform_id, url, published_at, source, published_fact_at) = 0
  )
);
alter table public.segments enable row level security;

comment on table public.segments is 'One part of a post, one create on the platform.';
comment on column public.segments.text is 'As in the current revision; null in a stub, or when the current revision has no such segment.';
comment on column public.segments.platform_id is 'The id that the platform gave. Of two that contradict each other the earliest said stays; the rest is in other_platform_ids.';
comment on column public.segments.recorded_at is 'When the database first knew the platform id.';
comment on column public.segments.missing is 'Seen to be gone from the platform, and not seen there since.';
comment on column public.segments.metrics is 'The latest reading that is not suspect; a figure that was not shown is null.';
comment on column public.segments.state is 'In the words of posts.state; that of the segment where it is known, otherwise the post''s.';

create index segments_by_platform_id on public.segments (platform_id) where platform_id is not null;
create index segments_unplanned on public.segments (recorded_at) where platform_id is not null and checks_planned_at is null;
create index segments_unmeasured on public.segments (published_at) where platform_id is not null and metrics_at is null;
create index segments_in_conflict on public.segments (post_id) where conflict;

-- The state that a segment shows: its own once it is live or deleted; while its post is being published, its own
-- phase (a segment not begun yet waits: queued); otherwise the post's.
create function surepost.segment_state(post_state text, own text) returns text
language sql immutable parallel safe as $$
  select case
    when own in ('live', 'deleted') then own
    when post_state in ('publishing', 'unknown', 'live', 'deleted') then coalesce(own, 'queued')
    else post_state
  end
$$;
