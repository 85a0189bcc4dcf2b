-- apply_facts: the one way in. One call is one transaction: all of its facts, or none and an error.

-- Put facts into the journal; answers those that were not in it. A fact without what every fact of its kind must have is
-- refused with SP001, and one with a value of the wrong shape with a code of the classes 22 or 23.
create function surepost.journal(facts jsonb) returns public.facts[]
language plpgsql set search_path = '' as $$
declare
  fresh public.facts[];
  incomplete text;
begin
  if jsonb_typeof(facts) is distinct from 'array' then
    raise exception using errcode = 'SP001', message = 'facts must be an array of {id, type, body}';
  end if;
  select coalesce(f ->> 'id', '(without an id)') into incomplete from jsonb_array_elements(facts) as f
  where f ->> 'type' is null
    or (f ->> 'type' ~ '^(post|metrics)\.' and f #>> '{body,postId}' is null)
    or (f ->> 'type' ~ '^(post\.segment_|metrics\.)' and f #>> '{body,segment}' is null)
    or (f ->> 'type' ~ '^(account|mention)\.' and coalesce(f #>> '{body,account}', f #>> '{body,config,id}') is null)
  limit 1;
  if found then
    raise exception using errcode = 'SP001',
      message = format('fact %s lacks its type, or the post, segment or account it is about', incomplete);
  end if;
  with said as (
    select
      (f ->> 'id')::uuid as id, (f #>> '{body,at}')::timestamptz as at, f ->> 'type' as type,
      (f #>> '{body,postId}')::uuid as post_id,
      coalesce(f #>> '{body,account}', f #>> '{body,config,id}') as account,
      f -> 'body' as body
    from jsonb_array_elements(facts) as f
  ),
  added as (
    insert into public.facts as j (id, at, type, post_id, account, body)
    select id, at, type, post_id, account, body from said order by id, at
    on conflict (id, at) do nothing
    returning j as fact
  )
  select coalesce(array_agg(fact), '{}') into fresh from added;
  return fresh;
end
$$;

create function public.apply_facts(facts jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  fresh public.facts[] := surepost.journal(facts);
  kinds text[] := array(select distinct split_part(f.type, '.', 1) from unnest(fresh) as f);
  touched uuid[];
  named uuid[];
begin
  if kinds && array['post', 'metrics'] then
    touched := surepost.lock_posts(fresh);
    perform surepost.merge_posts(fresh);
    perform surepost.spread_segments(fresh);
    perform surepost.merge_segments(fresh, touched);
    perform surepost.close_checks(touched);
  end if;
  if 'metrics' = any (kinds) then
    perform surepost.merge_checks(fresh);
    perform surepost.add_readings(fresh);
  end if;
  if 'mention' = any (kinds) then perform surepost.merge_mentions(fresh); end if;
  if 'account' = any (kinds) then perform surepost.merge_accounts(fresh); end if;
  if 'job' = any (kinds) then perform surepost.merge_jobs(fresh); end if;
  if 'alert' = any (kinds) then perform surepost.merge_alerts(fresh); end if;

  -- Of all posts that the call named, also in facts that were known: a repeat after a lost answer says it again.
  named := array(select distinct (f -> 'body' ->> 'postId')::uuid from jsonb_array_elements(facts) as f
    where f ->> 'type' = 'post.segment_published');
  return jsonb_build_object(
    'received', jsonb_array_length(facts), 'applied', cardinality(fresh), 'conflicts', surepost.conflicts(named));
end
$$;
comment on function public.apply_facts is
  'Applies [{id, type, body}]: journal and state, in one transaction, idempotent and in any order. Answers {received, applied, conflicts}. SQLSTATE 22…, 23… or SP001: a fact is bad; anything else: the database cannot be used.';
