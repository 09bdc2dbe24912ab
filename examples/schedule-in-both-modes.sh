#!/bin/sh
# A schedule of a test key echoes its mode, and does not exist for a live key. Run with the variables of .interlock/dev.env.
schedule=$(curl -s "$INTERLOCK_URL/v1/schedules" \
  -H "Authorization: Bearer $SCHED_API_KEY_TEST" \
  -H "Content-Type: application/json" \
  -d '{
    "endpoint": "https://example.com/hooks/orders",
    "method": "POST",
    "body": "{\"order_id\":\"ord_123\"}",
    "delay": "30s"
  }')
echo "$schedule"
id=$(echo "$schedule" | sed 's/.*"id":"\(sch_[0-9A-Z]*\)".*/\1/')
curl -s "$INTERLOCK_URL/v1/schedules/$id" -H "Authorization: Bearer $SCHED_API_KEY_TEST" -o /dev/null -w '%{http_code}\n'
curl -s "$INTERLOCK_URL/v1/schedules/$id" -H "Authorization: Bearer $SCHED_API_KEY" -o /dev/null -w '%{http_code}\n'
curl -s -X POST "$INTERLOCK_URL/v1/schedules/$id/cancel" -H "Authorization: Bearer $SCHED_API_KEY_TEST" -o /dev/null -w '%{http_code}\n'
