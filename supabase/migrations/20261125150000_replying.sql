-- What deciding about a mention needs: the conversation above it, waits with their reason, who wants no answers, and what
-- was asked of the model.

alter table public.mentions
  add column conversation jsonb,
  add column deferred_until timestamptz,
  add column deferred_category text,
  add column deferred_reason text,
  add column deferred_at timestamptz,
  add column deferred_by uuid,
  add column deferrals integer not null default 0;
comment on column public.mentions.conversation is 'The posts above it, oldest first: [{platformId, author, text}]; null when its page was not read.';
comment on column public.mentions.deferred_until is 'No decision could be made, for deferred_reason; it is asked for again after this.';

create index mentions_undecided_of_author on public.mentions (lower(author)) where decision is null;
create index mentions_answered_of_author on public.mentions (lower(author), decided_at) where decision = 'answered';
create index mentions_by_platform_id on public.mentions (platform_id) where decision = 'answered';
create index posts_replies on public.posts (submitted_at desc) where kind = 'reply';

create table public.opted_out (
  platform text not null,
  person text not null,
  at timestamptz not null,
  fact uuid not null,
  account text not null,
  mention text not null,
  primary key (platform, person)
);
alter table public.opted_out enable row level security;
comment on table public.opted_out is 'People who want no answers, by handle in lower case: from no account, ever.';

create table public.model_requests (
  id uuid primary key,
  at timestamptz,
  account text,
  mention text,
  model text,
  most_tokens integer,
  most_cost_micros bigint,
  used_tokens integer,
  used_cost_micros bigint,
  ended_at timestamptz
);
alter table public.model_requests enable row level security;
comment on table public.model_requests is 'Every request to the model: the most that it can spend, said before it, and what it spent. Without the second the first counts.';
create index model_requests_at on public.model_requests (at);

-- Tokens and money of the UTC day so far.
create function surepost.model_spending(today date) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('day', today,
    'tokens', coalesce(sum(coalesce(used_tokens, most_tokens)), 0), 'costMicros', coalesce(sum(coalesce(used_cost_micros, most_cost_micros)), 0))
  from public.model_requests
  where at >= today::timestamp at time zone 'UTC' and at < (today + 1)::timestamp at time zone 'UTC'
$$;

-- The rows of the mentions' facts that are not about what was seen or decided.
create function surepost.merge_mention_waits(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with said as materialized (
    select *, body ->> 'mention' as platform_id from unnest(fresh) where type = 'mention.deferred'
  ),
  latest as (select distinct on (account, platform_id) * from said order by account, platform_id, at desc, id desc),
  summary as (select account, platform_id, count(*)::integer as n, max((body ->> 'ask')::integer) as ask from said group by account, platform_id)
  insert into public.mentions as m (
    account, platform_id, deferred_until, deferred_category, deferred_reason, deferred_at, deferred_by, deferrals, asked)
  select account, platform_id, (l.body ->> 'until')::timestamptz, l.body ->> 'category', l.body ->> 'reason', l.at, l.id, s.n, s.ask
  from latest as l join summary as s using (account, platform_id)
  order by 1, 2
  on conflict (account, platform_id) do update set
    (deferred_until, deferred_category, deferred_reason, deferred_at, deferred_by) = (
      select
        case when take then excluded.deferred_until else m.deferred_until end,
        case when take then excluded.deferred_category else m.deferred_category end,
        case when take then excluded.deferred_reason else m.deferred_reason end,
        case when take then excluded.deferred_at else m.deferred_at end,
        case when take then excluded.deferred_by else m.deferred_by end
      from (select surepost.is_later(excluded.deferred_at, excluded.deferred_by, m.deferred_at, m.deferred_by)) as t (take)
    ),
    deferrals = m.deferrals + excluded.deferrals,
    asked = greatest(m.asked, excluded.asked),
    -- What was asked for came back: it waits for its time and not for the end of the claim.
    claimed_until = case when excluded.asked >= m.asked then null else m.claimed_until end
$$;

create function surepost.merge_opted_out(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.opted_out as o (platform, person, at, fact, account, mention)
  select distinct on (body ->> 'platform', body ->> 'person')
    body ->> 'platform', body ->> 'person', at, id, account, body ->> 'mention'
  from unnest(fresh) where type = 'mention.opted_out'
  order by 1, 2, at, id
  on conflict (platform, person) do update set
    (at, fact, account, mention) = (
      select
        case when take then excluded.at else o.at end,
        case when take then excluded.fact else o.fact end,
        case when take then excluded.account else o.account end,
        case when take then excluded.mention else o.mention end
      from (select surepost.is_earlier(excluded.at, excluded.fact, o.at, o.fact)) as t (take)
    )
$$;

-- A request is said once and corrected once; repeats say the same, and the lowest stands where they do not.
create function surepost.merge_model_requests(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with said as (
    select (body ->> 'request')::uuid as id, type = 'mention.draft_spent' as spent, at, account, body
    from unnest(fresh) where type in ('mention.draft_requested', 'mention.draft_spent')
  ),
  summary as (
    select id, min(at) filter (where not spent) as at, min(account) as account, min(body ->> 'mention') as mention, min(body ->> 'model') as model,
      min((body ->> 'tokens')::integer) filter (where not spent) as most_tokens,
      min((body ->> 'costMicros')::bigint) filter (where not spent) as most_cost_micros,
      min((body ->> 'tokens')::integer) filter (where spent) as used_tokens,
      min((body ->> 'costMicros')::bigint) filter (where spent) as used_cost_micros,
      min(at) filter (where spent) as ended_at
    from said group by id
  )
  insert into public.model_requests as r
    (id, at, account, mention, model, most_tokens, most_cost_micros, used_tokens, used_cost_micros, ended_at)
  select * from summary order by id
  on conflict (id) do update set
    at = least(r.at, excluded.at),
    account = least(r.account, excluded.account),
    mention = least(r.mention, excluded.mention),
    model = least(r.model, excluded.model),
    most_tokens = least(r.most_tokens, excluded.most_tokens),
    most_cost_micros = least(r.most_cost_micros, excluded.most_cost_micros),
    used_tokens = least(r.used_tokens, excluded.used_tokens),
    used_cost_micros = least(r.used_cost_micros, excluded.used_cost_micros),
    ended_at = least(r.ended_at, excluded.ended_at)
$$;

-- As before (20261123160700_apply_others.sql), with the conversation, and with the rows above.
create or replace function surepost.merge_mentions(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  with seen as (
    select distinct on (account, mention ->> 'platformId') account, mention ->> 'platformId' as platform_id, id, at, mention
    from (select f.*, f.body -> 'mention' as mention from unnest(fresh) as f where f.type = 'mention.harvested') as f
    order by account, mention ->> 'platformId', at, id
  ),
  decided as (
    select distinct on (account, body ->> 'mention') account, body ->> 'mention' as platform_id, id, at, body
    from unnest(fresh) where type = 'mention.decided'
    order by account, body ->> 'mention', (body ->> 'decision' = 'answered') desc, at desc, id desc
  )
  insert into public.mentions as m (
    account, platform_id, author, text, in_reply_to, url, created_at, conversation, harvested_at, harvested_by,
    decision, decision_reason, decided_at, decided_by, drafter, post_id)
  select
    coalesce(s.account, d.account), coalesce(s.platform_id, d.platform_id),
    s.mention ->> 'author', s.mention ->> 'text', s.mention ->> 'inReplyTo', s.mention ->> 'url',
    (s.mention ->> 'createdAt')::timestamptz, s.mention -> 'conversation', s.at, s.id,
    d.body ->> 'decision', d.body ->> 'reason', d.at, d.id, d.body ->> 'drafter', (d.body ->> 'postId')::uuid
  from seen as s full join decided as d on d.account = s.account and d.platform_id = s.platform_id
  order by 1, 2
  on conflict (account, platform_id) do update set
    (author, text, in_reply_to, url, created_at, conversation, harvested_at, harvested_by) = (
      select
        case when take then excluded.author else m.author end,
        case when take then excluded.text else m.text end,
        case when take then excluded.in_reply_to else m.in_reply_to end,
        case when take then excluded.url else m.url end,
        case when take then excluded.created_at else m.created_at end,
        case when take then excluded.conversation else m.conversation end,
        case when take then excluded.harvested_at else m.harvested_at end,
        case when take then excluded.harvested_by else m.harvested_by end
      from (select surepost.is_earlier(excluded.harvested_at, excluded.harvested_by, m.harvested_at, m.harvested_by)) as t (take)
    ),
    (decision, decision_reason, decided_at, decided_by, drafter, post_id) = (
      select
        case when take then excluded.decision else m.decision end,
        case when take then excluded.decision_reason else m.decision_reason end,
        case when take then excluded.decided_at else m.decided_at end,
        case when take then excluded.decided_by else m.decided_by end,
        case when take then excluded.drafter else m.drafter end,
        case when take then excluded.post_id else m.post_id end
      -- Decided twice (its decider was killed and had submitted an answer): the answer stands.
      from (select excluded.decided_at is not null and (m.decided_at is null or
        (excluded.decision = 'answered', excluded.decided_at, excluded.decided_by) > (m.decision = 'answered', m.decided_at, m.decided_by))) as t (take)
    );
  select surepost.merge_mention_waits(fresh);
  select surepost.merge_opted_out(fresh);
  select surepost.merge_model_requests(fresh)
$$;
