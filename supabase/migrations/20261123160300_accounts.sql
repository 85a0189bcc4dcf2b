-- Accounts, as their broker said, and the mentions of them.

create table public.accounts (
  id text primary key,
  platform text,
  handle text,
  config jsonb check (jsonb_typeof(config) = 'object'),
  configured_at timestamptz,
  configured_by uuid,
  pause_said boolean not null default false,
  pause_at timestamptz,
  pause_by uuid,
  pause_reason text,
  pause_until timestamptz,
  -- The persister's bookkeeping of the harvest.
  harvest_asked_at timestamptz,
  harvest_at timestamptz
);
alter table public.accounts enable row level security;

comment on table public.accounts is 'What an operator configured of an account; sessions never come here. Without a config it is a stub.';
comment on column public.accounts.config is 'AccountConfig: budgets, checks (seconds), replies.';
comment on column public.accounts.pause_said is 'The last word was "paused"; in force until pause_until, or until it is resumed.';
comment on column public.accounts.harvest_at is 'When its mentions are next read.';

create index accounts_answering on public.accounts (harvest_at nulls first)
  where config is not null and (config -> 'replies' ->> 'enabled') = 'true';

create function surepost.is_paused(account public.accounts) returns boolean language sql stable as $$
  select account.pause_said and (account.pause_until is null or account.pause_until > now())
$$;

create table public.mentions (
  account text not null,
  platform_id text not null check (platform_id ~ '^[1-9][0-9]{14,19}$'),
  author text,
  text text,
  in_reply_to text,
  url text,
  created_at timestamptz,
  harvested_at timestamptz,
  harvested_by uuid,
  decision text check (decision in ('answered', 'skipped')),
  decision_reason text,
  decided_at timestamptz,
  decided_by uuid,
  drafter text,
  post_id uuid,
  -- The persister's bookkeeping of asking for a decision.
  asked integer not null default 0,
  claimed_until timestamptz,
  primary key (account, platform_id)
);
alter table public.mentions enable row level security;

comment on table public.mentions is 'Posts of others that name or answer our accounts, and what became of each.';
comment on column public.mentions.decision is 'answered (post_id is the answer) or skipped (decision_reason says why); null while it is open.';
comment on column public.mentions.harvested_at is 'When it was first seen; null in a stub.';

create index mentions_newest on public.mentions (account, created_at desc) where harvested_at is not null;
create index mentions_open on public.mentions (claimed_until nulls first) where decision is null and harvested_at is not null;
create index mentions_of_post on public.mentions (post_id) where post_id is not null;
