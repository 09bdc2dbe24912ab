import { describe, expect, it } from 'vitest';
import { checkAddress, checkTarget, type EgressPolicy } from './egress.ts';

const strict: EgressPolicy = { allowPrivateTargets: false, deniedHosts: [] };
const lenient: EgressPolicy = { allowPrivateTargets: true, deniedHosts: [] };

describe('an address', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is public', (address) => {
    expect(checkAddress(address, 443, strict)).toBeNull();
  });

  it.each([
    '127.0.0.1',
    '127.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    '::1',
    'fc00::',
    'fdff:ffff::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:192.168.1.1',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
  ])('%s is private: for a server that permits it', (address) => {
    expect(checkAddress(address, 443, strict)).toMatchObject({ code: 'url_blocked' });
    expect(checkAddress(address, 443, lenient)).toBeNull();
  });

  it.each([
    ['this network', '0.0.0.0'],
    ['this network', '0.255.255.255'],
    ['shared by carriers', '100.64.0.0'],
    ['shared by carriers', '100.127.255.255'],
    ['Alibaba metadata', '100.100.100.200'],
    ['link-local', '169.254.0.0'],
    ['metadata', '169.254.169.254'],
    ['Azure metadata', '168.63.129.16'],
    ['protocol assignments', '192.0.0.0'],
    ['Oracle metadata', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.255'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarks', '198.18.0.0'],
    ['benchmarks', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.0'],
    ['reserved', '255.255.255.254'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['IPv4-compatible', '::7f00:1'],
    ['IPv4-compatible', '::8.8.8.8'],
    ['mapped metadata', '::ffff:169.254.169.254'],
    ['IPv4-translated', '::ffff:0:8.8.8.8'],
    ['metadata by NAT64', '64:ff9b::a9fe:a9fe'],
    ['NAT64 of a network', '64:ff9b:1::808:808'],
    ['NAT64 outside its prefix', '64:ff9b:0:1::808:808'],
    ['discard', '100::1'],
    ['Teredo', '2001::1'],
    ['benchmarks', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['6to4 of loopback', '2002:7f00:1::'],
    ['6to4 of a public address', '2002:808:808::1'],
    ['segment routing', '5f00::1'],
    ['AWS metadata', 'fd00:ec2::254'],
    ['AWS metadata, in full', 'fd00:0ec2:0:0:0:0:0:0254'],
    ['Google metadata', 'fd20:ce::254'],
    ['link-local', 'fe80::1'],
    ['link-local', 'febf::1'],
    ['a zone', 'fe80::1%eth0'],
    ['a zone', '2606:4700:4700::1111%1'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['not assigned', '4000::1'],
    ['not assigned', 'a000::1'],
    ['not an address', 'example.com'],
    ['not an address', '2130706433'],
    ['not an address', '0x7f.1'],
    ['not an address', '010.0.0.1'],
    ['not an address', ''],
  ])('%s (%s) is nowhere to deliver to', (_, address) => {
    expect(checkAddress(address, 443, strict)).toMatchObject({ code: 'url_blocked' });
    expect(checkAddress(address, 443, lenient)).toMatchObject({ code: 'url_blocked' });
  });

  it('is not told to whoever owns the endpoint', () => {
    expect(checkAddress('10.20.30.40', 443, strict)?.message).not.toContain('10.20');
  });

  it.each<[string, string, number, boolean]>([
    ['93.184.216.34', '93.184.216.34', 443, true],
    ['127.0.0.1:4000', '127.0.0.1', 4000, true],
    ['127.0.0.1:4000', '127.0.0.1', 4001, false],
    ['[::1]:4000', '::1', 4000, true],
  ])('of the service itself (%s): %s port %d', (denied, address, port, refused) => {
    expect(checkAddress(address, port, { ...lenient, deniedHosts: [denied] }) !== null).toBe(refused);
  });
});

describe('the URL of an endpoint', () => {
  it.each<[string, string, string]>([
    ['https://example.com', 'https://example.com', '/'],
    ['https://example.com/hooks/a?b=c&d', 'https://example.com', '/hooks/a?b=c&d'],
    ['HTTPS://Example.COM/Hooks', 'https://example.com', '/Hooks'],
    ['https://example.com?x', 'https://example.com', '/?x'],
    ['https://example.com:443/', 'https://example.com', '/'],
    ['https://example.com:/', 'https://example.com', '/'],
    ['https://example.com:8443/', 'https://example.com:8443', '/'],
    ['https://example.com:65535/', 'https://example.com:65535', '/'],
    ['https://acme.test/hooks/digest', 'https://acme.test', '/hooks/digest'],
    ['https://bücher.example/ü', 'https://xn--bcher-kva.example', '/%C3%BC'],
    ['https://example.com/a/../b/%2e%2e/c@d', 'https://example.com', '/c@d'],
    ['https://93.184.216.34/', 'https://93.184.216.34', '/'],
    ['https://[2606:4700:4700::1111]:8443/', 'https://[2606:4700:4700::1111]:8443', '/'],
    ['https://local.example.com/', 'https://local.example.com', '/'],
    ['https://notlocalhost.com/', 'https://notlocalhost.com', '/'],
    [`https://example.com/${'a'.repeat(2_028)}`, 'https://example.com', `/${'a'.repeat(2_028)}`],
  ])('%s is accepted', (url, origin, path) => {
    expect(checkTarget(url, strict)).toMatchObject({ ok: true, target: { origin, path } });
  });

  it.each<[string, RegExp]>([
    ['', /absolute/],
    ['example.com', /absolute/],
    ['//example.com/', /absolute/],
    ['https:example.com', /absolute/],
    ['https:/example.com', /absolute/],
    ['https:///example.com', /absolute/],
    ['https://', /absolute/],
    ['https://?x', /absolute/],
    ['http://example.com/', /https/],
    ['ftp://example.com/', /https/],
    ['file:///etc/passwd', /absolute/],
    ['gopher://example.com:6379/', /https/],
    ['javascript://example.com/', /https/],
    ['https://user@example.com/', /header/],
    ['https://user:secret@example.com/', /header/],
    ['https://@example.com/', /header/],
    ['https://example.com@127.0.0.1/', /header/],
    ['https://example.com/#top', /fragment/],
    ['https://example.com#@127.0.0.1/', /fragment/],
    [`https://example.com/${'a'.repeat(2_029)}`, /2048/],
    [' https://example.com/', /space/],
    ['https://example.com/a b', /space/],
    ['https://exam\nple.com/', /control/],
    ['https://exam\tple.com/', /control/],
    ['https://example.com/\u0000', /control/],
    ['https://example.com\\@127.0.0.1/', /backslash/],
    ['https:\\\\127.0.0.1\\', /backslash/],
    ['https://127.0.0.1/', /address/],
    ['https://10.0.0.1/', /address/],
    ['https://169.254.169.254/latest/meta-data/', /address/],
    ['https://[::1]/', /address/],
    ['https://[::ffff:127.0.0.1]/', /address/],
    ['https://[::ffff:7f00:1]/', /address/],
    ['https://[fd00:ec2::254]/', /address/],
    ['https://[64:ff9b::7f00:1]/', /address/],
    ['https://[fe80::1%25eth0]/', /read/],
    ['https://2130706433/', /disguise/],
    ['https://017700000001/', /disguise/],
    ['https://0x7f000001/', /disguise/],
    ['https://0x7f.1/', /disguise/],
    ['https://0177.0.0.1/', /disguise/],
    ['https://127.1/', /disguise/],
    ['https://134744072/', /disguise/],
    ['https://8.8.2056/', /disguise/],
    ['https://127.0.0.1./', /disguise/],
    ['https://008.8.8.8/', /read|disguise/],
    ['https://１２７.0.0.1/', /disguise/],
    ['https://127。0。0。1/', /disguise/],
    ['https://①②⑦.0.0.1/', /disguise/],
    ['https://0/', /disguise/],
    ['https://999.1.1.1/', /read/],
    ['https://1.2.3.4.5/', /read/],
    ['https://%31%32%37.0.0.1/', /percent/],
    ['https://loc%61lhost/', /percent/],
    ['https://example%2ecom/', /percent/],
    ['https://localhost/', /local name/],
    ['https://LOCALHOST:8443/', /local name/],
    ['https://ｌｏｃａｌｈｏｓｔ/', /local name/],
    ['https://a.b.localhost/', /local name/],
    ['https://localhost./', /dot/],
    ['https://example.com./', /dot/],
    ['https://example.com../', /dot|read/],
    ['https://printer.local/', /local name/],
    ['https://metadata.google.internal/', /local name/],
    ['https://router.lan/', /local name/],
    ['https://intranet/', /local name/],
    ['https://postgres:5433/', /local name/],
    ['https://exa<mple.com/', /read/],
    ['https://example.com:80/', /Port 80/],
    ['https://example.com:22/', /Port 22/],
    ['https://example.com:0/', /Port 0/],
    ['https://example.com:1023/', /Port 1023/],
    ['https://example.com:2375/', /Port 2375/],
    ['https://example.com:3306/', /Port 3306/],
    ['https://example.com:5432/', /Port 5432/],
    ['https://example.com:06379/', /Port 6379/],
    ['https://example.com:9200/', /Port 9200/],
    ['https://example.com:11211/', /Port 11211/],
    ['https://example.com:65536/', /read/],
    ['https://example.com:-1/', /read/],
    ['https://example.com:8443:9/', /read/],
  ])('%j is refused', (url, message) => {
    const reading = checkTarget(url, strict);
    expect(reading).toMatchObject({ ok: false, code: 'url_blocked' });
    expect(!reading.ok && reading.message).toMatch(message);
  });

  it.each([
    'http://127.0.0.1:3000/hook',
    'http://localhost:3000/hook',
    'http://localhost/',
    'http://[::1]:3000/',
    'http://postgres-proxy:8080/',
    'https://10.1.2.3/',
    'https://printer.local/',
    'https://example.com/',
  ])('%s is accepted where private targets are permitted', (url) => {
    expect(checkTarget(url, lenient)).toMatchObject({ ok: true });
  });

  it.each([
    'ftp://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0:3000/',
    'http://[::]:3000/',
    'http://2130706433:3000/',
    'http://0x7f.1:3000/',
    'http://user@localhost:3000/',
    'http://127.0.0.1:5432/',
    'http://127.0.0.1:22/',
    'https://127.0.0.1:80/',
    'http://localhost.:3000/',
  ])('%s is refused even there', (url) => {
    expect(checkTarget(url, lenient)).toMatchObject({ ok: false });
  });

  it.each<[string, boolean]>([
    ['https://api.interlock.example/', true],
    ['https://API.interlock.example:8443/', true],
    ['https://other.interlock.example/', false],
    ['https://db.interlock.example:7432/', true],
    ['https://db.interlock.example/', false],
  ])('of the service itself: %s', (url, refused) => {
    const policy = { ...strict, deniedHosts: ['api.interlock.example', 'db.interlock.example:7432'] };
    expect(checkTarget(url, policy).ok).toBe(!refused);
  });
});
