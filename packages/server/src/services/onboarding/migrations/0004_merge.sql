-- A customer that was merged into another one is deleted, and says into which and what became of all that it had.
alter table onboarding_customers
  add column merged_into text collate "C",
  add column merge_receipt json;
