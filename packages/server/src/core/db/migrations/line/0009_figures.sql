-- What ended in the last hours, without a look at all that ever ended. A block range index, because deliveries lie about in
-- the order in which they end, and because each of them is inserted and ended on the busiest path there is.
create index deliveries_by_end on deliveries using brin (finalized_at) with (autosummarize = on);
