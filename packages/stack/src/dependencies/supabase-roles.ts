import { escapeLiteral } from 'pg'
import { postgresUrl, withDatabase } from './postgres.ts'
import type { StackContext } from './dependency.ts'

/** Roles of every Supabase project (supabase/postgres, migrations/db/init-scripts): cluster-wide, made once. */
const clusterRoles = (authenticatorPassword: string): string => `
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'service_role') then create role service_role nologin noinherit bypassrls; end if;
  if not exists (select from pg_roles where rolname = 'authenticator') then create role authenticator login noinherit; end if;
end $$;
alter role authenticator password ${escapeLiteral(authenticatorPassword)};
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role authenticated set statement_timeout = '8s';
alter role anon set statement_timeout = '3s';
grant anon, authenticated, service_role to authenticator;
`

/** What Supabase grants in every database; what a migration creates later is covered by the default privileges. */
const databaseGrants = `
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;
`

/** Give one database what a Supabase project has before the first migration. May be run again. */
export const prepareDatabase = async (context: StackContext, database: string): Promise<void> => {
  await withDatabase(context, database, async (client) => {
    await client.query(clusterRoles(context.secrets.authenticatorPassword))
    await client.query(databaseGrants)
  })
}

/** Connection URL of PostgREST's own login, which may only become one of the three API roles. */
export const authenticatorUrl = (
  context: StackContext,
  database: string,
  /** As PostgREST sees it; loopback by default. */
  server?: { readonly host: string; readonly port: number },
): string => {
  const url = new URL(postgresUrl(context, database))
  if (server !== undefined) url.host = `${server.host}:${server.port}`
  url.username = 'authenticator'
  url.password = context.secrets.authenticatorPassword
  return url.href
}
