-- The person who made a key; null: the operator, by command, or nobody knows any more.
alter table core.api_keys add column created_by text;
