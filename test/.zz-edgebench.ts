import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import pg from 'pg';
import { startPostgres, createTemplate, createDatabase, postgresUrl } from '#test/support/postgres.ts';
const server = await startPostgres({});
const db = await createDatabase(await createTemplate(server));
const c = new pg.Client({ connectionString: postgresUrl(server, db.name) }); await c.connect();
for (let i=0;i<20;i++) await c.query(`INSERT INTO app.shops (id, domain, status, epoch, installed_at, onboarded_at) VALUES (gen_random_uuid(), 'bench${i}.myshopify.com', 'installed', 1, now(), now())`);
const port = 40000 + Math.floor(Math.random()*9000);
const entry = process.env.ENTRY ?? 'app/edge.ts';
const edge = spawn(process.execPath, [...(process.env.EDGE_FLAGS?.split(' ') ?? []), entry], { stdio: ['ignore','inherit','inherit'], env: { PATH: process.env.PATH!, NODE_ENV: 'production', DATABASE_URL: db.url, SHOPIFY_API_SECRET: 'bench-secret-1234', CART_INSIGHTS_KEKS: 'k1:'+Buffer.alloc(32,7).toString('base64'), EDGE_PORT: String(port), LOG_LEVEL: 'warn' } });
const cpu = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); return (Number(f[11])+Number(f[12]))/100; };
const pgcpu = async () => { const { rows } = await c.query(`select pid from pg_stat_activity`); let s=0; for (const r of rows) { try { s += cpu(r.pid) } catch {} } return s; };
for (let i=0;i<100;i++) { try { if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) break; } catch {} await new Promise(r=>setTimeout(r,100)); }
const runs = (process.env.RUNS ?? '64:4,64:8').split(',');
for (const run of runs) {
  const [conns, secs, rate] = run.split(':');
  const e0 = cpu(edge.pid!), p0 = await pgcpu(); const n0 = Number((await c.query('select count(*) from inbox.events')).rows[0].count);
  const load = spawn(process.execPath, ['/tmp/edgebench/load.mjs', String(port), 'bench-secret-1234', process.env.SHOPS === '1' ? 'bench0.myshopify.com' : 'bench*.myshopify.com', conns!, secs!, rate ?? '0'], { stdio: ['ignore','pipe','inherit'] });
  let out=''; load.stdout.on('data', d => out += d); await once(load, 'exit');
  const e1 = cpu(edge.pid!), p1 = await pgcpu(); const n1 = Number((await c.query('select count(*) from inbox.events')).rows[0].count);
  const r = JSON.parse(out.trim().split('\n').pop()!);
  console.log(run, out.trim(), 'stored', n1-n0, 'edge us/req', Math.round((e1-e0)*1e6/r.done), 'pg us/req', Math.round((p1-p0)*1e6/r.done));
}
edge.kill('SIGTERM'); await once(edge,'exit');
await c.end(); await server.stop();
