-- The dispatch SLO: how long after its instant the first byte of each first attempt left (specification 8). The statement
-- sees what its caller sees: the rows of one workspace, or all rows when the window below asks it.
create function scheduler_slo(moment timestamptz)
returns table (hours int, n bigint, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8,
  retries bigint, reclaims bigint, rate_limit bigint, breaker bigint, catch_up bigint, coalesced bigint,
  dst_shifted bigint, replay bigint, resumed bigint,
  all_n bigint, all_p50_ms float8, all_p95_ms float8, all_p99_ms float8, all_max_ms float8,
  overdue_unfired bigint, early_fires bigint)
language sql stable set search_path from current as $$
  with fires as materialized (
    select d.scheduled_for, d.fire_class, d.first_deferral, d.paused_when_due, d.replay_of is not null as is_replay,
      a.kind, a.outcome, a.delivery_id is not null as fired,
      extract(epoch from coalesce(a.fired_at, a.started_at) - d.scheduled_for) * 1000 as ms,
      d.status = 'scheduled' as waits
    from deliveries d
    left join attempts a on a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.attempt = 1
    where d.kind = 'schedule' and d.service = 'scheduler'
      and d.scheduled_for >= moment - interval '30 days'
      -- Running sends may settle.
      and d.scheduled_for < moment - interval '60 seconds'
  ), measured as materialized (
    select scheduled_for,
      -- What is due and has not fired has taken forever, so that an outage does not better the figure.
      case when not fired or ms is null then 'Infinity'::float8 else greatest(0, ms) end as ms,
      fired, coalesce(ms < 0, false) as early,
      case when is_replay then 'replay' when fire_class in ('catch_up', 'coalesced', 'dst_shifted') then fire_class
        when first_deferral in ('rate_limit', 'concurrency') then 'rate_limit' when first_deferral = 'breaker' then 'breaker'
        when paused_when_due then 'resumed' when outcome = 'lost' or kind = 'reclaim' then 'reclaim' end as excluded
    from fires where fired or waits
  ), later as materialized (
    select d.scheduled_for, a.kind from attempts a
    join deliveries d on d.workspace_id = a.workspace_id and d.id = a.delivery_id
    where a.attempt > 1 and d.kind = 'schedule' and d.service = 'scheduler'
      and d.scheduled_for >= moment - interval '30 days' and d.scheduled_for < moment - interval '60 seconds'
  )
  select w.hours, m.*, l.*, x.*, u.*, o.*
  from (values (1), (24), (168), (720)) as w(hours)
  cross join lateral (
    select count(*), percentile_disc(0.5) within group (order by ms), percentile_disc(0.95) within group (order by ms),
      percentile_disc(0.99) within group (order by ms), max(ms)
    from measured where excluded is null and scheduled_for >= moment - w.hours * interval '1 hour'
  ) m
  cross join lateral (
    select count(*) filter (where kind = 'retry'), count(*) filter (where kind = 'reclaim')
    from later where scheduled_for >= moment - w.hours * interval '1 hour'
  ) l
  cross join lateral (
    select count(*) filter (where excluded = 'rate_limit'), count(*) filter (where excluded = 'breaker'),
      count(*) filter (where excluded = 'catch_up'), count(*) filter (where excluded = 'coalesced'),
      count(*) filter (where excluded = 'dst_shifted'), count(*) filter (where excluded = 'replay'),
      count(*) filter (where excluded = 'resumed')
    from measured where scheduled_for >= moment - w.hours * interval '1 hour'
  ) x
  cross join lateral (
    select count(*), percentile_disc(0.5) within group (order by ms), percentile_disc(0.95) within group (order by ms),
      percentile_disc(0.99) within group (order by ms), max(ms)
    from measured where fired and scheduled_for >= moment - w.hours * interval '1 hour'
  ) u
  cross join lateral (
    select count(*) filter (where not fired and excluded is null), count(*) filter (where early)
    from measured where scheduled_for >= moment - w.hours * interval '1 hour'
  ) o
$$;

-- A window: the same over all workspaces. It answers with figures only.
create function scheduler_slo_of_all(moment timestamptz)
returns table (hours int, n bigint, p50_ms float8, p95_ms float8, p99_ms float8, max_ms float8,
  retries bigint, reclaims bigint, rate_limit bigint, breaker bigint, catch_up bigint, coalesced bigint,
  dst_shifted bigint, replay bigint, resumed bigint,
  all_n bigint, all_p50_ms float8, all_p95_ms float8, all_p99_ms float8, all_max_ms float8,
  overdue_unfired bigint, early_fires bigint)
language sql stable security definer set search_path from current as $$
  select * from scheduler_slo(moment)
$$;

-- A window: how many active recurring schedules of all workspaces have had no delivery within their interval. Each keeps its
-- next occurrence ready as a delivery; one that is overdue, or is none, would otherwise go unnoticed.
create function scheduler_silent_schedules(moment timestamptz) returns bigint
language sql stable security definer set search_path from current as $$
  select count(*) from scheduler_schedules s
  where (select core.seated_in('system')) and s.kind = 'recurring' and s.state = 'active' and s.next_fire_at is not null
    and not exists (select from scheduler_clocks c where c.workspace_id = s.workspace_id)
    and (s.next_fire_at < moment - interval '60 seconds' or not exists (
      select from deliveries d where d.workspace_id = s.workspace_id and d.source_id = s.id and d.kind = 'schedule'
        and d.finalized_at is null and d.replay_of is null))
$$;

-- A window: deletes what ended before an instant, with its attempts. A dead letter that nobody replayed stays longer.
create function scheduler_purge(before timestamptz, dead_before timestamptz) returns bigint
language sql security definer set search_path from current as $$
  with old as (
    delete from deliveries d where (select core.seated_in('system')) and d.kind = 'schedule' and d.service = 'scheduler'
      and d.finalized_at < case when d.status = 'dead_letter' and not exists (
        select from deliveries r where r.workspace_id = d.workspace_id and r.kind = 'schedule' and r.replay_of = d.id)
        then dead_before else before end
    returning d.workspace_id, d.id
  ), tried as (
    delete from attempts a using old where a.workspace_id = old.workspace_id and a.delivery_id = old.id
  )
  select count(*) from old
$$;
