-- What Stripe reports names a customer as Stripe does.
create index onboarding_customers_by_stripe on onboarding_customers (workspace_id, stripe_customer_id)
  where deleted_at is null and stripe_customer_id is not null;
