-- Checks (one due reading of one live segment each) and readings (what was seen).

create table public.checks (
  id uuid primary key,
  post_id uuid not null,
  segment integer not null,
  after_seconds numeric check (after_seconds > 0),
  due_at timestamptz,
  deadline timestamptz,

  -- What facts said of it.
  done_at timestamptz,
  missed_at timestamptz,
  missed_reason text,
  failures integer not null default 0,
  last_failed_at timestamptz,
  last_failed_by uuid,
  last_error text,

  -- Asked for, and not to be asked for again before: the claim's lease, or the wait after a failure.
  claimed_at timestamptz,
  claimed_until timestamptz,
  claims integer not null default 0,
  retry_at timestamptz,
  expiry_claimed_until timestamptz,

  state text not null generated always as (
    case
      when done_at is not null then 'done'
      when missed_at is not null then 'missed'
      when claimed_until is not null then 'claimed'
      else 'open'
    end
  ) stored,
  open_at timestamptz generated always as (case when due_at is not null then greatest(due_at, retry_at, claimed_until) end) stored,
  foreign key (post_id, segment) references public.segments (post_id, segment) on delete cascade
);
alter table public.checks enable row level security;

comment on table public.checks is 'One due reading of one live segment: an obligation that ends done or missed. Its id follows from post, segment and after_seconds.';
comment on column public.checks.after_seconds is 'Seconds after the segment went live. Null in a stub: a reading was recorded before the check was planned.';
comment on column public.checks.deadline is 'Not done by then, it becomes missed, with the reason.';
comment on column public.checks.state is 'open, claimed (until claimed_until; then it may be claimed again), done or missed. A reading outranks "missed".';
comment on column public.checks.open_at is 'When it may next be claimed.';
comment on column public.checks.failures is 'Readings that failed or were suspect.';

create index checks_of_segment on public.checks (post_id, segment);
create index checks_open on public.checks (open_at) where state in ('open', 'claimed');
create index checks_claimed on public.checks (claimed_until) where state = 'claimed';
create index checks_expiring on public.checks (deadline) where state in ('open', 'claimed');

create table public.readings (
  id uuid not null,
  check_id uuid not null references public.checks (id) on delete cascade,
  post_id uuid not null,
  segment integer not null,
  at timestamptz not null,
  platform_id text not null,
  metrics jsonb not null check (jsonb_typeof(metrics) = 'object'),
  suspect text,
  primary key (id, at),
  foreign key (post_id, segment) references public.segments (post_id, segment) on delete cascade
);
alter table public.readings enable row level security;

comment on table public.readings is 'What was seen of a live segment, one row per reading (id and at of its fact). Suspect ones are kept as evidence and never used.';
comment on column public.readings.metrics is '{replies, reposts, quotes, likes, bookmarks, views}; a figure that was not shown is null.';
comment on column public.readings.suspect is 'Why it is not believed; null when it is.';

create index readings_of_segment on public.readings (post_id, segment, at desc);
create index readings_of_check on public.readings (check_id);
