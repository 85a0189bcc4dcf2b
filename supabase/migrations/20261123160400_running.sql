-- What the system says of itself: runs of jobs, their heartbeats and locks, and alerts.

create table public.job_runs (
  id uuid not null,
  job text not null,
  account text,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  outcome text not null check (outcome in ('succeeded', 'failed', 'skipped')),
  category text,
  detail text,
  duration_ms double precision generated always as (extract(epoch from ended_at - started_at)::double precision * 1000) stored,
  primary key (id, ended_at)
);
alter table public.job_runs enable row level security;
comment on table public.job_runs is 'Every reported run of every job. Runs that found nothing to do are folded into one report a minute.';
create index job_runs_newest on public.job_runs (job, ended_at desc);
create index job_runs_failed on public.job_runs (job, coalesce(account, ''), ended_at) where outcome = 'failed';
create index job_runs_ended on public.job_runs (ended_at);

create table public.job_heartbeats (
  job text not null,
  account text not null default '',
  last_run_at timestamptz,
  last_run_by uuid,
  last_outcome text,
  last_category text,
  last_detail text,
  last_duration_ms double precision,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_failure_by uuid,
  last_failure_category text,
  last_failure_detail text,
  last_skip_at timestamptz,
  consecutive_failures integer not null default 0,
  primary key (job, account)
);
alter table public.job_heartbeats enable row level security;
comment on table public.job_heartbeats is 'The sum of job_runs, one row per job and account (empty: none).';
comment on column public.job_heartbeats.consecutive_failures is 'Failed runs since the last success, counted up to 1000.';

create table public.job_locks (
  job text primary key,
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null
);
alter table public.job_locks enable row level security;
comment on table public.job_locks is 'Which replica may run a job, until when. `fence` grows with each new holder: what a former one still sends is refused.';

create table public.alerts (
  key text primary key,
  severity text check (severity in ('info', 'warning', 'critical')),
  sentence text,
  raised_at timestamptz,
  raised_by uuid,
  times integer not null default 0,
  cleared_at timestamptz,
  cleared_by uuid,
  active boolean generated always as (
    raised_at is not null and (cleared_at is null or (raised_at, raised_by) > (cleared_at, cleared_by))
  ) stored
);
alter table public.alerts enable row level security;
comment on table public.alerts is 'One row per condition (key): its last raising, its last clearing, and which of the two was later.';
create index alerts_active on public.alerts (raised_at desc) where active;
