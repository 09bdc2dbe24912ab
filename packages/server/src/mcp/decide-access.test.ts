import { expect, test } from 'vitest';
import { decideAccess } from './decide-access.ts';

const local = 'http://127.0.0.1:4000';
const abroad = 'https://api.example.com';

test.each([
  { who: 'a program on this machine', host: '127.0.0.1:4000', address: '127.0.0.1', publicUrl: local, ok: true },
  { who: 'a program that says localhost', host: 'localhost:4000', address: '::1', publicUrl: local, ok: true },
  {
    who: 'a page of the server',
    host: 'localhost:4000',
    origin: 'http://localhost:4000',
    address: '127.0.0.1',
    publicUrl: local,
    ok: true,
  },
  {
    who: 'a page of another site',
    host: 'localhost:4000',
    origin: 'https://evil.example',
    address: '127.0.0.1',
    publicUrl: local,
    ok: false,
  },
  {
    who: 'a page of another local server',
    host: 'localhost:4000',
    origin: 'http://localhost:8080',
    address: '127.0.0.1',
    publicUrl: local,
    ok: false,
  },
  {
    who: 'a page that is a file',
    host: 'localhost:4000',
    origin: 'null',
    address: '127.0.0.1',
    publicUrl: local,
    ok: false,
  },
  {
    who: 'a name made to resolve to this machine',
    host: 'evil.example:4000',
    address: '127.0.0.1',
    publicUrl: local,
    ok: false,
  },
  {
    who: 'the same in an odd spelling',
    host: '127.0.0.1.evil.example',
    address: '127.0.0.1',
    publicUrl: local,
    ok: false,
  },
  { who: 'a Host that is none', host: 'a b', address: '127.0.0.1', publicUrl: local, ok: false },
  { who: 'HTTP/1.0 without a Host', host: undefined, address: '127.0.0.1', publicUrl: local, ok: true },
  { who: 'another machine', host: '192.0.2.7:4000', address: '192.0.2.20', publicUrl: local, ok: true },
  {
    who: 'a client of the public address',
    host: 'api.example.com',
    address: '198.51.100.3',
    publicUrl: abroad,
    ok: true,
  },
  {
    who: 'a page of the public address',
    host: 'api.example.com',
    origin: abroad,
    address: '198.51.100.3',
    publicUrl: abroad,
    ok: true,
  },
  {
    who: 'a page of another site',
    host: 'api.example.com',
    origin: 'https://evil.example',
    address: '198.51.100.3',
    publicUrl: abroad,
    ok: false,
  },
  {
    who: 'a page of a name that begins alike',
    host: 'api.example.com',
    origin: 'https://api.example.com.evil.example',
    address: '198.51.100.3',
    publicUrl: abroad,
    ok: false,
  },
  {
    who: 'a page over plain HTTP',
    host: 'api.example.com',
    origin: 'http://api.example.com',
    address: '198.51.100.3',
    publicUrl: abroad,
    ok: false,
  },
])('$who, asking $publicUrl: $ok', ({ ok, host, origin, address, publicUrl }) => {
  expect(decideAccess({ host, origin, address, publicUrl }).ok).toBe(ok);
});
