-- Two words about one audit, said at the same time: the fact's id decides, as it does everywhere else.

alter table public.audits add column fact_id uuid not null default '00000000-0000-0000-0000-000000000000';
comment on column public.audits.fact_id is 'The fact that says so: with its time, what decides which word is the last.';

create or replace function surepost.merge_audits(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.audits (id, account, at, fact_id, since, outcome, reason, seen, recorded, report)
  select distinct on ((body ->> 'auditId')::uuid)
    (body ->> 'auditId')::uuid, account, at, id, (body ->> 'since')::timestamptz, body ->> 'outcome', body ->> 'reason',
    (body ->> 'seen')::integer, (body ->> 'recorded')::integer,
    jsonb_build_object('recovered', body -> 'recovered', 'missing', body -> 'missing', 'wrongIds', body -> 'wrongIds',
      'duplicates', body -> 'duplicates', 'foreign', body -> 'foreign')
  from unnest(fresh) where type = 'account.audited'
  order by 1, at desc, id desc
  on conflict (id) do update set
    at = excluded.at, fact_id = excluded.fact_id, since = excluded.since, outcome = excluded.outcome, reason = excluded.reason,
    seen = excluded.seen, recorded = excluded.recorded, report = excluded.report
  where surepost.is_later(excluded.at, excluded.fact_id, audits.at, audits.fact_id);
  -- Half a year of them is history enough.
  delete from public.audits as a using (select distinct account from unnest(fresh) where type = 'account.audited') as f
  where a.account = f.account and a.at < now() - interval '180 days'
$$;

-- A fact is known by its id and its time, here as in the journal.
alter table public.corrections drop constraint corrections_pkey;
alter table public.corrections add primary key (id, at);

-- The latest correction of a segment is its true id, whatever was or will be said. What contradicts it are the published ids that
-- no correction speaks of: those that one names, as wrong or as true, are explained by it.
create or replace function surepost.correct_segment() returns trigger
language plpgsql set search_path = '' as $$
declare
  latest public.corrections;
begin
  if new.platform_id is null then return new; end if;
  select * into latest from public.corrections where post_id = new.post_id and segment = new.segment order by at desc, id desc limit 1;
  if not found then return new; end if;
  new.other_platform_ids := array(
    select distinct other from unnest(new.other_platform_ids || new.platform_id) as other
    where not exists (
      select from public.corrections as c
      where c.post_id = new.post_id and c.segment = new.segment and other in (c.wrong, c.platform_id))
    order by other);
  new.platform_id := latest.platform_id;
  new.url := latest.url;
  new.published_at := latest.published_at;
  return new;
end
$$;

create function surepost.read_from_another(platform_id text) returns text language sql immutable parallel safe as $$
  select format('Read from %s, which was another post''s id.', platform_id)
$$;

-- Corrections of a batch, and what had been read under the wrong ids: kept, and believed no more, unless a later correction
-- says that the id was the true one after all.
create or replace function surepost.merge_corrections(fresh public.facts[], touched uuid[]) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.corrections (id, post_id, segment, at, wrong, platform_id, url, published_at)
  select id, post_id, (body ->> 'segment')::integer, at, body ->> 'wrong', body ->> 'platformId', body ->> 'url', (body ->> 'publishedAt')::timestamptz
  from unnest(fresh) where type = 'post.segment_corrected'
  order by id, at on conflict (id, at) do nothing;
  if not exists (select from public.corrections where post_id = any (touched)) then return; end if;

  update public.segments as s set platform_id = s.platform_id
  where s.post_id = any (touched)
    and exists (select from public.corrections as c where c.post_id = s.post_id and c.segment = s.segment);
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
