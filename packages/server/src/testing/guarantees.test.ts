import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedAccess } from '../core/db/access.ts';
import { services } from '../services/index.ts';
import { createFixtureWorld, type FixtureWorld } from './fixture-platform.ts';
import { fixtureServices } from './fixtures/services.ts';
import { asOwner } from './fresh-database.ts';

/*
 * What the database holds after migration, against tables written out here by hand: not against the declarations they
 * were made from, so that a mistake there cannot agree with itself.
 */

let world: FixtureWorld;
beforeAll(async () => {
  world = await createFixtureWorld({ services });
});
afterAll(() => world.close());

/** Rows as seen from outside, with the prefix of this run's roles taken off. */
async function catalogue<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const rows = await asOwner(world.owner, text, values);
  return JSON.parse(JSON.stringify(rows).replaceAll(`${world.rolePrefix}_`, '')) as Row[];
}

/**
 * Table: privileges by role, then rows by role. r select, a insert, w update, d delete. `own`: the rows of the seat that
 * the transaction shows. `log`: all read, only the system writes. `outbox`: own, and only what a contract permits. `queue`:
 * own, and only of services of which anything may leave in this mode.
 */
const tables: Record<string, string> = {
  'core.accounts': 'console=arwd | console:all',
  'core.api_key_secrets': 'authenticator=r console=arwd | authenticator:all console:own',
  'core.api_keys': 'authenticator=rw console=arwd | authenticator:all console:own',
  'core.invitations': 'console=arwd | console:all',
  'core.key_activity': 'authenticator=a console=ard | authenticator:all console:own',
  'core.members': 'console=arwd | console:all',
  'core.migrations': 'console=r | console:all',
  'core.people': 'console=arwd | console:all',
  'core.role_secrets': ' | ',
  'core.seat_secret': ' | ',
  'core.seats': 'console=r live=r test=r | console:seat live:seat test:seat',
  'core.sessions': 'console=arwd | console:all',
  'core.verifications': 'console=arwd | console:all',
  'core.workspaces': 'console=arwd | console:all',
  'live.attempts': 'console=r live=rd live_dispatch=ar | console:own live:own live_dispatch:all',
  'live.audit_log': 'console=r live=a | console:own live:own',
  'live.deliveries': 'console=r live=arwd live_dispatch=rw | console:queue live:queue live_dispatch:queue of all',
  'live.dispatch_nodes': 'live_dispatch=arwd | live_dispatch:all',
  'live.effects': 'console=r live=arw live_dispatch=r | console:outbox live:outbox live_dispatch:outbox of all',
  'live.figure_hours': 'console=arwd | console:own',
  'live.figure_marks': 'console=arwd | console:own',
  'live.idempotency_keys': 'live=arwd | live:own',
  'live.inbound_events': 'live=ar | live:own',
  'live.invoices_audit': 'live=arwd | live:own',
  'live.invoices_clients': 'live=arwd | live:own',
  'live.invoices_contacts': 'live=arwd | live:own',
  'live.invoices_files': 'live=arwd | live:own',
  'live.invoices_invoices': 'live=arwd | live:own',
  'live.invoices_jobs': 'live=arwd | live:own',
  'live.invoices_resets': 'live=arwd | live:own',
  'live.invoices_rules': 'live=arwd | live:own',
  'live.memos_items': 'live=arwd | live:own',
  'live.messages': 'console=r live=arwd live_dispatch=r | console:own live:own live_dispatch:all',
  'live.notes_items': 'live=arwd | live:own',
  'live.quota_usage': 'live=arw | live:own',
  'live.randomness_chains': 'live=arwd | live:own',
  'live.randomness_commits': 'live=arwd | live:own',
  'live.randomness_day_leaves': 'live=arwd | live:log',
  'live.randomness_days': 'live=arwd | live:log',
  'live.randomness_outcomes': 'live=arwd | live:own',
  'live.randomness_revealed_seeds': 'live=arwd | live:own',
  'live.scheduler_clocks': 'live=arwd | live:own',
  'live.scheduler_schedules': 'live=arwd | live:own',
  'live.signing_secrets': 'live=arwd live_dispatch=r | live:own live_dispatch:all',
  'live.target_versions': 'console=r live=arwd live_dispatch=r | console:own live:own live_dispatch:all',
  'live.targets': 'console=r live=arwd live_dispatch=rw | console:own live:own live_dispatch:all',
  'shared.idempotency_keys': 'live=arwd test=arwd | live:own test:own',
  'shared.invoices_accounts': 'live=arwd test=r | live:own test:own',
  'shared.ledger_balances': 'live=arwd test=arwd | live:own test:own',
  'shared.ledger_entries': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_activity': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_calendar_feeds': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_contacts': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_counters': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_customers': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_documents': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_onboardings': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_stripe_subscriptions': 'live=arwd test=arwd | live:own test:own',
  'shared.onboarding_tasks': 'live=arwd test=arwd | live:own test:own',
  'test.attempts': 'console=r test=rd test_dispatch=ar | console:own test:own test_dispatch:all',
  'test.audit_log': 'console=r test=a | console:own test:own',
  'test.deliveries': 'console=r test=arwd test_dispatch=rw | console:queue test:queue test_dispatch:queue of all',
  'test.dispatch_nodes': 'test_dispatch=arwd | test_dispatch:all',
  'test.effects': 'console=r test=arw test_dispatch=r | console:outbox test:outbox test_dispatch:outbox of all',
  'test.figure_hours': 'console=arwd | console:own',
  'test.figure_marks': 'console=arwd | console:own',
  'test.idempotency_keys': 'test=arwd | test:own',
  'test.inbound_events': 'test=ar | test:own',
  'test.invoices_audit': 'test=arwd | test:own',
  'test.invoices_clients': 'test=arwd | test:own',
  'test.invoices_contacts': 'test=arwd | test:own',
  'test.invoices_files': 'test=arwd | test:own',
  'test.invoices_invoices': 'test=arwd | test:own',
  'test.invoices_jobs': 'test=arwd | test:own',
  'test.invoices_resets': 'test=arwd | test:own',
  'test.invoices_rules': 'test=arwd | test:own',
  'test.memos_items': 'test=arwd | test:own',
  'test.messages': 'console=r test=arwd test_dispatch=r | console:own test:own test_dispatch:all',
  'test.notes_items': 'test=arwd | test:own',
  'test.quota_usage': 'test=arw | test:own',
  'test.scheduler_clocks': 'test=arwd | test:own',
  'test.scheduler_schedules': 'test=arwd | test:own',
  'test.signing_secrets': 'test=arwd test_dispatch=r | test:own test_dispatch:all',
  'test.target_versions': 'console=r test=arwd test_dispatch=r | console:own test:own test_dispatch:all',
  'test.targets': 'console=r test=arwd test_dispatch=rw | console:own test:own test_dispatch:all',
};

/** Expressions of policies, as PostgreSQL gives them back. */
const seated = '( SELECT s.workspace_id FROM core.seats s)';
const own = `(workspace_id = ${seated})`;
const system = `((${seated} = 'system'::text) AND (workspace_id = 'system'::text))`;
const policyKinds: Record<string, string> = {
  'ALL true true': 'all',
  [`ALL ${own} ${own}`]: 'own',
  "ALL (seat = current_setting('app.seat'::text, true)) (seat = current_setting('app.seat'::text, true))": 'seat',
  [`DELETE ${system} -; INSERT - ${system}; SELECT true -; UPDATE ${system} ${system}`]: 'log',
};

const onboardingEvents = [
  'onboarding customer.created deliver',
  'onboarding customer.updated deliver',
  'onboarding customer.archived deliver',
  'onboarding customer.at_risk deliver',
  'onboarding customer.churned deliver',
  'onboarding customer.health_score_dropped deliver',
  'onboarding contact.created deliver',
  'onboarding onboarding.created deliver',
  'onboarding onboarding.phase_changed deliver',
  'onboarding onboarding.state_changed deliver',
  'onboarding onboarding.at_risk deliver',
  'onboarding onboarding.back_on_track deliver',
  'onboarding onboarding.launched deliver',
  'onboarding onboarding.completed deliver',
  'onboarding task.completed deliver',
];
const onboardingMessages = [
  'onboarding slack.message',
  'onboarding email.message',
  'onboarding stripe.link',
  'onboarding stripe.acknowledge',
];

const outbox = {
  live: [
    'randomness outcome.created deliver',
    'scheduler delivery.send deliver',
    ...onboardingEvents,
    ...onboardingMessages.map((name) => `${name} deliver`),
    'invoices invoice.processed deliver',
    'invoices invoice.failed deliver',
    'invoices invoice.updated deliver',
    'invoices invoice.deleted deliver',
    'notes note.added deliver',
    'memos memo.filed deliver',
    'ledger entry.posted deliver',
    'ledger entry.printed deliver',
  ],
  test: [
    'scheduler delivery.send deliver',
    ...onboardingEvents,
    ...onboardingMessages.map((name) => `${name} suppress`),
    'invoices invoice.processed deliver',
    'invoices invoice.failed deliver',
    'invoices invoice.updated deliver',
    'invoices invoice.deleted deliver',
    'notes note.added deliver',
    'memos memo.filed deliver',
    'ledger entry.posted suppress',
  ],
};

/** Services that may queue deliveries: those of which anything leaves in the mode. */
const senders = {
  live: ['randomness', 'scheduler', 'onboarding', 'invoices', 'notes', 'memos', 'ledger'],
  test: ['scheduler', 'onboarding', 'invoices', 'notes', 'memos'],
};

/** Messages of channels that leave in a mode, each by its service, channel and effect. */
const messages: Record<'live' | 'test', readonly string[]> = {
  live: [
    'onboarding slack slack.message',
    'onboarding email email.message',
    'onboarding stripe stripe.link',
    'onboarding stripe stripe.acknowledge',
  ],
  test: [],
};

/** Functions: who may call them. Windows are those that run as the owner, and see all workspaces. */
const functions: Record<string, string> = {
  'core.give_plan()': '',
  'core.notify_key_changed()': '',
  'core.notify_secret_changed()': '',
  'core.seat_of(workspace text)': '',
  'core.seat_workspace()': '',
  'core.seated_in(workspace text)': '',
  'core.set_service_plan(of_workspace text, of_service text, given text)': '',
  'core.take_plan()': '',
  'live.fail_effect()': 'live',
  'live.hold_arrivals()': 'live',
  'live.invoices_claim_jobs(moment timestamp with time zone, lease_until timestamp with time zone, room integer)':
    'live',
  'live.invoices_clear_events(of_client text)': 'live',
  'live.invoices_client_is_elsewhere(wanted text)': 'live',
  'live.invoices_find_mailbox(wanted text)': 'live',
  'live.invoices_keep_audit()': 'live',
  'live.invoices_purge(jobs_before timestamp with time zone, audit_before timestamp with time zone)': 'live',
  'live.invoices_waiting_jobs()': 'live',
  'live.invoices_workspaces_closed_before(moment timestamp with time zone)': 'live',
  'live.invoices_workspaces_with_data_before(moment timestamp with time zone)': 'live',
  'live.invoices_workspaces_with_old_files(uploaded_before timestamp with time zone)': 'live',
  'live.keep_effect()': 'live',
  'live.notify_webhooks_changed()': 'live',
  'live.purge_expired(moment timestamp with time zone, audit_before timestamp with time zone)': 'live',
  'live.purge_webhook_log(before timestamp with time zone)': 'live',
  'live.randomness_calls_served()': 'live',
  'live.randomness_chain_carries(seed text, hash text)': 'live',
  'live.randomness_commit_exists(id uuid)': 'live',
  'live.randomness_day_outcomes(from_ms bigint, to_ms bigint)': 'live',
  'live.randomness_find_by_triple(seed text, at_cursor bigint, at_nonce bigint, from_ms bigint, to_ms bigint)': 'live',
  'live.randomness_find_outcome(id text)': 'live',
  'live.randomness_first_outcome()': 'live',
  'live.randomness_outcomes_under(seed text, hash text)': 'live',
  'live.randomness_purge_commits(before_ms bigint)': 'live',
  'live.restore_effect()': 'live',
  'live.scheduler_purge(before timestamp with time zone, dead_before timestamp with time zone)': 'live',
  'live.scheduler_silent_schedules(moment timestamp with time zone)': 'live',
  'live.scheduler_slo(moment timestamp with time zone)': 'live',
  'live.scheduler_slo_of_all(moment timestamp with time zone)': 'live',
  'shared.invoices_give_plan()': 'live test',
  'shared.onboarding_add_words(workspace text, customer text, said text)': 'live test',
  'shared.onboarding_asked(words text[], digits text, facets json)': 'live test',
  'shared.onboarding_customer_terms(c shared.onboarding_customers, of_others text)': 'live test',
  'shared.onboarding_document_changed_contacts()': 'live test',
  'shared.onboarding_document_changed_customers()': 'live test',
  'shared.onboarding_document_changed_onboardings()': 'live test',
  'shared.onboarding_document_contacts()': 'live test',
  'shared.onboarding_document_customers()': 'live test',
  'shared.onboarding_document_onboardings()': 'live test',
  'shared.onboarding_due_reminders(of_mode text, moment timestamp with time zone, at_most integer)': 'live test',
  'shared.onboarding_facet(digits text, facet text)': 'live test',
  'shared.onboarding_joined(said text)': 'live test',
  'shared.onboarding_matching(of_kind text, said text, facets json, since timestamp with time zone, at timestamp with time zone, before text, at_most integer)':
    'live test',
  'shared.onboarding_matches(seat text, of_kind text, wanted tsquery, at_most integer, OUT ids text[], OUT instants timestamp with time zone[])':
    'live test',
  'shared.onboarding_metadata_facets(digits text, metadata json)': 'live test',
  'shared.onboarding_newest_beginning(seat text, of_kind text, wholes tsquery, beginnings text[], since timestamp with time zone, at timestamp with time zone, before text, at_most integer)':
    'live test',
  'shared.onboarding_newest_matching(seat text, of_kind text, wanted tsquery, since timestamp with time zone, at timestamp with time zone, before text, at_most integer)':
    'live test',
  'shared.onboarding_onboarding_terms(o shared.onboarding_onboardings)': 'live test',
  'shared.onboarding_plain(said text)': 'live test',
  'shared.onboarding_read_again(workspace text, customer text)': 'live test',
  'shared.onboarding_said_by(p shared.onboarding_contacts)': 'live test',
  'shared.onboarding_said_of(c shared.onboarding_customers)': 'live test',
  'shared.onboarding_seat_digits(workspace text)': 'live test',
  'shared.onboarding_window(digits text, of_kind text, bits integer, ms bigint)': 'live test',
  'shared.onboarding_windows(digits text, of_kind text, at timestamp with time zone)': 'live test',
  'shared.onboarding_words(digits text, said text)': 'live test',
  'test.fail_effect()': 'test',
  'test.hold_arrivals()': 'test',
  'test.invoices_claim_jobs(moment timestamp with time zone, lease_until timestamp with time zone, room integer)':
    'test',
  'test.invoices_clear_events(of_client text)': 'test',
  'test.invoices_client_is_elsewhere(wanted text)': 'test',
  'test.invoices_find_mailbox(wanted text)': 'test',
  'test.invoices_keep_audit()': 'test',
  'test.invoices_purge(jobs_before timestamp with time zone, audit_before timestamp with time zone)': 'test',
  'test.invoices_waiting_jobs()': 'test',
  'test.invoices_workspaces_closed_before(moment timestamp with time zone)': 'test',
  'test.invoices_workspaces_with_data_before(moment timestamp with time zone)': 'test',
  'test.invoices_workspaces_with_old_files(uploaded_before timestamp with time zone)': 'test',
  'test.keep_effect()': 'test',
  'test.notify_webhooks_changed()': 'test',
  'test.purge_expired(moment timestamp with time zone, audit_before timestamp with time zone)': 'test',
  'test.purge_webhook_log(before timestamp with time zone)': 'test',
  'test.restore_effect()': 'test',
  'test.scheduler_purge(before timestamp with time zone, dead_before timestamp with time zone)': 'test',
  'test.scheduler_silent_schedules(moment timestamp with time zone)': 'test',
  'test.scheduler_slo(moment timestamp with time zone)': 'test',
  'test.scheduler_slo_of_all(moment timestamp with time zone)': 'test',
};

const windows: Record<string, string> = {
  'core.give_plan': 'search_path=core, pg_temp',
  'core.seat_workspace': 'search_path=core, pg_temp',
  'core.set_service_plan': 'search_path=core, pg_temp',
  'core.take_plan': 'search_path=core, pg_temp',
  'live.fail_effect': 'search_path=live, pg_temp',
  'live.invoices_claim_jobs': 'search_path=live, pg_temp',
  'live.invoices_clear_events': 'search_path=live, pg_temp',
  'live.invoices_client_is_elsewhere': 'search_path=live, pg_temp',
  'live.invoices_find_mailbox': 'search_path=live, pg_temp',
  'live.invoices_purge': 'search_path=live, pg_temp',
  'live.invoices_waiting_jobs': 'search_path=live, pg_temp',
  'live.invoices_workspaces_closed_before': 'search_path=live, pg_temp',
  'live.invoices_workspaces_with_data_before': 'search_path=live, pg_temp',
  'live.invoices_workspaces_with_old_files': 'search_path=live, pg_temp',
  'live.purge_expired': 'search_path=live, pg_temp',
  'live.purge_webhook_log': 'search_path=live, pg_temp',
  'live.randomness_calls_served': 'search_path=live, pg_temp',
  'live.randomness_chain_carries': 'search_path=live, pg_temp',
  'live.randomness_commit_exists': 'search_path=live, pg_temp',
  'live.randomness_day_outcomes': 'search_path=live, pg_temp',
  'live.randomness_find_by_triple': 'search_path=live, pg_temp',
  'live.randomness_find_outcome': 'search_path=live, pg_temp',
  'live.randomness_first_outcome': 'search_path=live, pg_temp',
  'live.randomness_outcomes_under': 'search_path=live, pg_temp',
  'live.randomness_purge_commits': 'search_path=live, pg_temp',
  'live.restore_effect': 'search_path=live, pg_temp',
  'live.scheduler_purge': 'search_path=live, pg_temp',
  'live.scheduler_silent_schedules': 'search_path=live, pg_temp',
  'live.scheduler_slo_of_all': 'search_path=live, pg_temp',
  'shared.invoices_give_plan': 'search_path=shared, pg_temp',
  'shared.onboarding_due_reminders': 'search_path=shared, pg_temp',
  'shared.onboarding_matching': 'search_path=shared, pg_temp; work_mem=32MB',
  'test.fail_effect': 'search_path=test, pg_temp',
  'test.invoices_claim_jobs': 'search_path=test, pg_temp',
  'test.invoices_clear_events': 'search_path=test, pg_temp',
  'test.invoices_client_is_elsewhere': 'search_path=test, pg_temp',
  'test.invoices_find_mailbox': 'search_path=test, pg_temp',
  'test.invoices_purge': 'search_path=test, pg_temp',
  'test.invoices_waiting_jobs': 'search_path=test, pg_temp',
  'test.invoices_workspaces_closed_before': 'search_path=test, pg_temp',
  'test.invoices_workspaces_with_data_before': 'search_path=test, pg_temp',
  'test.invoices_workspaces_with_old_files': 'search_path=test, pg_temp',
  'test.purge_expired': 'search_path=test, pg_temp',
  'test.purge_webhook_log': 'search_path=test, pg_temp',
  'test.restore_effect': 'search_path=test, pg_temp',
  'test.scheduler_purge': 'search_path=test, pg_temp',
  'test.scheduler_silent_schedules': 'search_path=test, pg_temp',
  'test.scheduler_slo_of_all': 'search_path=test, pg_temp',
};

const ours = `n.nspname in ('core', 'shared', 'live', 'test')`;
const requestRoles = ['authenticator', 'console', 'live', 'live_dispatch', 'test', 'test_dispatch'];

describe('tables', () => {
  it('all have row policies, enabled and forced, and belong to the owner', async () => {
    const rows = await catalogue<{ name: string; on: boolean; forced: boolean; owner: string }>(`
      select n.nspname || '.' || c.relname as name, c.relrowsecurity as on, c.relforcerowsecurity as forced,
        pg_get_userbyid(c.relowner) as owner
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relkind in ('r', 'p') order by 1`);
    expect(rows).toEqual(Object.keys(tables).map((name) => ({ name, on: true, forced: true, owner: 'owner' })));
  });

  it('are the only relations: no view, materialised view or foreign table', async () => {
    expect(
      await catalogue(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where ${ours} and c.relkind not in ('r', 'p', 'i', 'I', 'S', 't')`),
    ).toEqual([]);
  });

  it('give each role exactly its privileges and rows', async () => {
    const grants = await catalogue<{ name: string; grants: string }>(`
      select n.nspname || '.' || c.relname as name, coalesce((
        select string_agg(role || '=' || letters, ' ' order by role) from (
          select coalesce(r.rolname, 'PUBLIC') as role, string_agg(case a.privilege_type when 'INSERT' then 'a'
            when 'SELECT' then 'r' when 'UPDATE' then 'w' when 'DELETE' then 'd' else a.privilege_type end
            || case when a.is_grantable then '*' else '' end, '' order by array_position('{INSERT,SELECT,UPDATE,DELETE}', a.privilege_type)) as letters
          from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a left join pg_roles r on r.oid = a.grantee
          where a.grantee <> c.relowner group by 1) each), '') as grants
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relkind in ('r', 'p')`);
    const policies = await catalogue<{ name: string; role: string; permissive: string; label: string }>(`
      select n.nspname || '.' || p.tablename as name, array_to_string(p.roles, '+') as role, p.permissive,
        p.cmd || ' ' || coalesce(p.qual, '-') || ' ' || coalesce(p.with_check, '-') as label
      from pg_policies p join pg_namespace n on n.nspname = p.schemaname where ${ours} order by p.cmd`);
    expect(policies.filter((policy) => policy.permissive !== 'PERMISSIVE')).toEqual([]);

    const found = grants.map(({ name, grants: letters }) => {
      const byRole = Map.groupBy(
        policies.filter((policy) => policy.name === name),
        (policy) => policy.role,
      );
      const rows = [...byRole]
        .filter(([role]) => role !== 'owner')
        .map(
          ([role, group]) =>
            `${role}:${kindOf(name, group.map((policy) => policy.label.replaceAll(/\s+/g, ' ')).join('; '))}`,
        )
        .sort();
      // Migrations and windows work as the owner, whom forced policies bind as well.
      expect(
        byRole.get('owner')?.map((policy) => policy.label),
        name,
      ).toEqual(['ALL true true']);
      return [name, `${letters} | ${rows.join(' ')}`];
    });
    expect(Object.fromEntries(found)).toEqual(tables);
  });

  it('all belong to the core, the line or a declared service', async () => {
    const declared = new Set(
      expectedAccess([...services, ...fixtureServices].map((service) => service.contract)).map(
        ({ schema, table }) => `${schema}.${table}`,
      ),
    );
    expect(Object.keys(tables).filter((name) => !declared.has(name))).toEqual([]);
    expect([...declared].filter((name) => !(name in tables))).toEqual([]);
  });

  function kindOf(name: string, label: string): string {
    const mode = name.split('.')[0] as 'live' | 'test';
    if (name.endsWith('.effects')) {
      const written =
        /^ALL (.+?\)) \(\(workspace_id = \( SELECT s\.workspace_id FROM core\.seats s\)\) AND (.+)\)$/.exec(label) ??
        /^ALL (true) \(true AND (.+)\)$/.exec(label);
      const lines = [
        ...(written?.[2] ?? '').matchAll(
          /service = '(\w+)'::text\) AND \(name = '([\w.]+)'::text\) AND \(disposition = '(\w+)'/g,
        ),
      ].map(([, service, effect, disposition]) => `${service} ${effect} ${disposition}`);
      const all = written?.[1] === 'true';
      expect([written?.[1], lines], name).toEqual([all ? 'true' : own, outbox[mode]]);
      // Nothing but alternatives of such lines: an `or true` would leave words over.
      expect(
        written?.[2]
          ?.replaceAll(
            /\(\(service = '\w+'::text\) AND \(name = '[\w.]+'::text\) AND \(disposition = '\w+'::text\)\)/g,
            '',
          )
          .replaceAll(/\s*OR\s*/g, ''),
        name,
      ).toMatch(/^[()]*$/);
      return all ? 'outbox of all' : 'outbox';
    }
    if (name.endsWith('.deliveries')) {
      const list = senders[mode].map((service) => `'${service}'::text`).join(', ');
      const channelled = messages[mode].map((line) => {
        const [service, channel, effect] = line.split(' ');
        return `((service = '${service}'::text) AND (kind = '${channel}'::text) AND (event_type = '${effect}'::text))`;
      });
      const plain = "(kind <> ALL (ARRAY['slack'::text, 'email'::text, 'stripe'::text]))";
      // PostgreSQL writes a list of alternatives as pairs of pairs.
      const [first, ...others] = channelled;
      const pairs = others.reduce((left, line) => `(${left} OR ${line})`, first ?? '');
      const kinds = first === undefined ? plain : `(${plain} OR ${pairs})`;
      const queue = `(service = ANY (ARRAY[${list}])) AND ${kinds}`;
      if (label === `ALL ${own} (${own} AND ${queue})`) return 'queue';
      if (label === `ALL true (true AND ${queue})`) return 'queue of all';
    }
    return policyKinds[label] ?? label;
  }
});

describe('grants beside tables', () => {
  it('are none on columns and on sequences', async () => {
    expect(
      await catalogue(`select c.relname, a.attname, a.attacl::text from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace where ${ours} and a.attacl is not null`),
    ).toEqual([]);
    expect(
      await catalogue(`select c.relname, r.rolname from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        aclexplode(coalesce(c.relacl, acldefault('s', c.relowner))) a left join pg_roles r on r.oid = a.grantee
        where ${ours} and c.relkind = 'S' and a.grantee <> c.relowner`),
    ).toEqual([]);
  });

  it('on schemas let each role in where its tables are, and create nowhere', async () => {
    const rows = await catalogue<{ schema: string; grants: string }>(`
      select n.nspname as schema, string_agg(coalesce(r.rolname, 'PUBLIC') || '=' || lower(a.privilege_type), ' ' order by r.rolname) as grants
      from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a left join pg_roles r on r.oid = a.grantee
      where a.grantee <> n.nspowner and n.nspname !~ '^pg_(toast|temp)' group by 1 order by 1`);
    expect(rows).toEqual([
      { schema: 'core', grants: 'authenticator=usage console=usage' },
      { schema: 'information_schema', grants: 'PUBLIC=usage' },
      { schema: 'live', grants: 'console=usage live=usage live_dispatch=usage' },
      { schema: 'pg_catalog', grants: 'PUBLIC=usage' },
      { schema: 'shared', grants: 'live=usage test=usage' },
      { schema: 'test', grants: 'console=usage test=usage test_dispatch=usage' },
    ]);
  });

  it('on the database are to connect, without temporary tables or schemas', async () => {
    const rows = await catalogue(
      `select coalesce(r.rolname, 'PUBLIC') as role, a.privilege_type as may
       from pg_database d, aclexplode(d.datacl) a left join pg_roles r on r.oid = a.grantee
       where d.datname = current_database() and a.grantee <> d.datdba`,
    );
    expect(rows).toEqual([{ role: 'PUBLIC', may: 'CONNECT' }]);
  });

  it('on functions are the listed ones', async () => {
    const rows = await catalogue<{ name: string; grants: string }>(`
      select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
        coalesce((select string_agg(coalesce(r.rolname, 'PUBLIC'), ' ' order by r.rolname)
          from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
          where a.grantee <> p.proowner), '') as grants
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname not in ('pg_catalog', 'information_schema') order by 1`);
    expect(Object.fromEntries(rows.map(({ name, grants }) => [name, grants]))).toEqual(functions);
  });

  it('are given to no future object by default', async () => {
    expect(await catalogue('select defaclobjtype from pg_default_acl')).toEqual([]);
  });
});

describe('windows', () => {
  it('are the listed functions, run as the owner, and find their tables where nobody else can put any', async () => {
    const rows = await catalogue<{ name: string; config: string; owner: string }>(`
      select n.nspname || '.' || p.proname as name, array_to_string(p.proconfig, '; ') as config,
        pg_get_userbyid(p.proowner) as owner
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 1`);
    expect(Object.fromEntries(rows.map(({ name, config }) => [name, config]))).toEqual(windows);
    expect(new Set(rows.map((row) => row.owner))).toEqual(new Set(['owner']));
  });
});

describe('roles', () => {
  it('have no power beyond their grants', async () => {
    const rows = await catalogue(
      `select rolname as name, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit, rolcanlogin
       from pg_roles where starts_with(rolname, $1) and rolname <> $1 || 'owner' order by 1`,
      [`${world.rolePrefix}_`],
    );
    expect(rows).toEqual(
      requestRoles.map((name) => ({
        name,
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
        rolinherit: false,
        rolcanlogin: true,
      })),
    );
  });

  it('are members of no other role and own nothing', async () => {
    const roles = requestRoles.map((kind) => `${world.rolePrefix}_${kind}`);
    expect(
      await catalogue(`select m.roleid::regrole::text from pg_auth_members m where m.member::regrole::text = any($1)`, [
        roles,
      ]),
    ).toEqual([]);
    expect(
      await catalogue(
        `select d.objid, d.classid::regclass::text from pg_shdepend d join pg_roles r on r.oid = d.refobjid
         where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolname = any($1)`,
        [roles],
      ),
    ).toEqual([]);
  });

  it('find their tables in their own schemas, and temporary ones last', async () => {
    const rows = await catalogue<{ role: string; setting: string }>(
      `select r.rolname as role, setting
       from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
       where starts_with(r.rolname, $1) and starts_with(setting, 'search_path=') order by 1`,
      [`${world.rolePrefix}_`],
    );
    expect(rows).toEqual([
      { role: 'authenticator', setting: 'search_path=core, pg_temp' },
      { role: 'console', setting: 'search_path=core, pg_temp' },
      { role: 'live', setting: 'search_path=live, shared, pg_temp' },
      { role: 'live_dispatch', setting: 'search_path=live, pg_temp' },
      { role: 'test', setting: 'search_path=test, shared, pg_temp' },
      { role: 'test_dispatch', setting: 'search_path=test, pg_temp' },
    ]);
  });
});

describe('the database after another migration', () => {
  it('has lost what somebody granted in between, once the declarations change', async () => {
    const live = `${world.rolePrefix}_live`;
    await asOwner(world.owner, `grant select on test.notes_items to ${live}`);
    await asOwner(world.owner, `create policy leak on test.notes_items to ${live} using (true)`);
    await asOwner(world.owner, `delete from core.migrations where module = 'access'`);
    await world.another();
    const left = await catalogue(
      `select 1 from pg_policies where policyname = 'leak' union all
       select 1 from pg_class where oid = 'test.notes_items'::regclass and relacl::text like '%live=%'`,
    );
    expect(left).toEqual([]);
  });
});
