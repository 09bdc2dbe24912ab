import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded.ts';

/** Runs as a process of its own: starts PostgreSQL on a folder, writes a row, says so, and holds until it is told to stop. */
const [directory = ''] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({ directory });
const client = new Client(postgres.connection);
await client.connect();
await client.query('create table if not exists kept (id int generated always as identity)');
await client.query('insert into kept default values');
const { rows } = await client.query('select count(*)::int as kept from kept');
await client.end();
process.stdout.write(`${JSON.stringify({ pid: postgres.pid, kept: rows[0].kept })}\n`);
for await (const _line of createInterface(process.stdin)) break;
await postgres.stop();
