import { expect, test } from 'vitest';
import { postgresSettings, settingArguments } from './settings.ts';

test('on Unix it listens on a private socket only, whatever the folder is called', () => {
  const settings = postgresSettings({ platform: 'linux', socketDirectory: '/tmp/a, "b"', port: 5432 });
  expect(settings).toMatchObject({
    listen_addresses: '',
    unix_socket_directories: '"/tmp/a, ""b"""',
    unix_socket_permissions: '0700',
  });
});

test('on Windows it listens on the loopback address only', () => {
  const settings = postgresSettings({ platform: 'win32', socketDirectory: 'C:\\t', port: 50123 });
  expect(settings).toMatchObject({ listen_addresses: '127.0.0.1', unix_socket_directories: '', port: '50123' });
});

test('what is acknowledged is on the disk', () => {
  const settings = postgresSettings({ platform: 'linux', socketDirectory: '/tmp/s', port: 5432 });
  expect(settings).toMatchObject({ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' });
});

test('settings become arguments', () => {
  expect(settingArguments({ fsync: 'on', jit: 'off' })).toEqual(['-c', 'fsync=on', '-c', 'jit=off']);
});
