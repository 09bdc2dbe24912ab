-- What Stripe last said of each subscription of a customer. Its events come in any order.
create table onboarding_stripe_subscriptions (
  workspace_id text not null default current_setting('app.workspace'),
  -- As Stripe names it.
  id text collate "C" not null,
  customer_id text collate "C" not null,
  -- When Stripe made the event that this is from.
  reported_at timestamptz not null,
  ended boolean not null,
  mrr bigint not null check (mrr >= 0),
  plan text,
  primary key (workspace_id, id)
);
create index onboarding_stripe_subscriptions_by_customer on onboarding_stripe_subscriptions (workspace_id, customer_id);
