-- Ledgers that are to be told who wants no answers: one that was lost, or restored, or is new, begins none until it was told.

create table public.ledgers (
  shard integer primary key,
  ledger_id uuid not null,
  wanted_at timestamptz not null,
  wanted_by uuid not null,
  -- The persister's bookkeeping: which wanting was answered.
  told uuid
);
alter table public.ledgers enable row level security;
comment on table public.ledgers is 'The ledger of each broker shard, as it last asked for those who want no answers.';

create function surepost.merge_ledgers(fresh public.facts[]) returns void
language sql set search_path = '' as $$
  insert into public.ledgers as l (shard, ledger_id, wanted_at, wanted_by)
  select distinct on ((body ->> 'shard')::integer) (body ->> 'shard')::integer, (body ->> 'ledgerId')::uuid, at, id
  from unnest(fresh) where type = 'ledger.opt_outs_wanted'
  order by 1, at desc, id desc
  on conflict (shard) do update set
    ledger_id = excluded.ledger_id, wanted_at = excluded.wanted_at, wanted_by = excluded.wanted_by
  where surepost.is_later(excluded.wanted_at, excluded.wanted_by, l.wanted_at, l.wanted_by)
$$;

-- Ledgers that asked and were not answered since.
create function public.untold_ledgers() returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('shard', shard, 'ledgerId', ledger_id, 'wantedBy', wanted_by) order by shard), '[]')
  from public.ledgers where told is distinct from wanted_by
$$;

-- Those who want no answers, in the order of their keys (platform/person), byte by byte.
create function public.opt_outs_after(key text, max_rows integer) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('platform', platform, 'person', person, 'at', at) order by place), '[]') from (
    select platform, person, at, (platform || '/' || person) collate "C" as place from public.opted_out
    where key is null or (platform || '/' || person) collate "C" > key collate "C"
    order by place limit max_rows) as page
$$;
create index opted_out_by_key on public.opted_out (((platform || '/' || person) collate "C"));

create function public.ledger_told(of_shard integer, wanting uuid, job_name text default null, held_fence bigint default null) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  perform surepost.check_fence(job_name, held_fence);
  update public.ledgers set told = wanting where shard = of_shard;
  return found;
end
$$;

revoke all on public.ledgers from public, anon, authenticated, service_role;
grant select on public.ledgers to service_role;
revoke all on function public.untold_ledgers, public.opt_outs_after, public.ledger_told from public, anon, authenticated;
grant execute on function public.untold_ledgers, public.opt_outs_after, public.ledger_told to service_role;
