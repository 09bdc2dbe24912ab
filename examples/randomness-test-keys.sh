#!/bin/sh
# Two calls with a test key and the same inputs: the same numbers.
# Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a

# Run twice. Same numbers every time.
curl "$INTERLOCK_URL/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100" \
  -H "x-api-key: $PROVABLE_API_KEY_TEST"
curl "$INTERLOCK_URL/api/ints?clientSeed=ci-fixture-loot&count=3&min=1&max=100" \
  -H "x-api-key: $PROVABLE_API_KEY_TEST"
