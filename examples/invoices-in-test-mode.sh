#!/bin/sh
# A test document on its way in, the contacts of test mode, and a reference into live mode. Run with the variables of
# .interlock/dev.env, in a folder with an invoice.pdf.
client=$(curl -s -X POST "$INTERLOCK_URL/external/v1/clients" \
  -H "Authorization: Bearer $PARSEO_API_KEY_TEST" \
  -H "Content-Type: application/json" \
  -d '{"name": "Baltic Timber UAB"}' | sed 's/.*"id":"\(cl_test_[0-9A-Za-z]*\)".*/\1/')
curl -s -X POST "$INTERLOCK_URL/external/v1/invoices" \
  -H "Authorization: Bearer $PARSEO_API_KEY_TEST" \
  -H "X-Client-Id: $client" \
  -H "Idempotency-Key: upload-of-$client" \
  -F "file=@invoice.pdf"
echo
curl -s "$INTERLOCK_URL/external/v1/contacts" \
  -H "Authorization: Bearer $PARSEO_API_KEY_TEST"
echo
curl -s -X POST "$INTERLOCK_URL/external/v1/invoices" \
  -H "Authorization: Bearer $PARSEO_API_KEY_TEST" \
  -H "X-Client-Id: cl_live_5F4e3D..." \
  -F "file=@invoice.pdf"
echo
