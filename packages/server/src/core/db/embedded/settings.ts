export interface SettingsFacts {
  platform: NodeJS.Platform;
  /** The folder of the Unix socket; on Windows the loopback port is used instead. */
  socketDirectory: string;
  port: number;
}

/**
 * The server's settings, given on its command line so that a folder made by an older version gets today's.
 * Meant for small machines: with 64 MB of shared buffers the whole server stays below 150 MB when idle, warm caches included.
 */
export function postgresSettings({ platform, socketDirectory, port }: SettingsFacts): Record<string, string> {
  const listening: Record<string, string> =
    platform === 'win32'
      ? { listen_addresses: '127.0.0.1', unix_socket_directories: '' }
      : {
          listen_addresses: '',
          unix_socket_directories: quoteListItem(socketDirectory),
          unix_socket_permissions: '0700',
        };
  return {
    ...listening,
    port: String(port),
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    // Two pools for requests, four small ones and the listeners, twice: a second process may join on the same folder.
    max_connections: '120',
    shared_buffers: '64MB',
    huge_pages: 'off',
    // 18 would otherwise keep three processes for reading ahead.
    io_method: 'sync',
    jit: 'off',
    max_worker_processes: '2',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    max_logical_replication_workers: '0',
    autovacuum_worker_slots: '2',
    autovacuum_max_workers: '2',
    maintenance_work_mem: '32MB',
    wal_compression: 'on',
    wal_buffers: '4MB',
    min_wal_size: '64MB',
    max_wal_size: '512MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    // Statements and details can hold what callers sent; neither belongs in a log file.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_connections: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_timezone: 'UTC',
    timezone: 'UTC',
    password_encryption: 'scram-sha-256',
    cluster_name: 'interlock',
  };
}

export function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function quoteListItem(item: string): string {
  return `"${item.replaceAll('"', '""')}"`;
}
