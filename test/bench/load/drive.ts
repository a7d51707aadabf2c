import { setTimeout as sleep } from 'node:timers/promises';

import { LoadConnection } from '#test/bench/load/connection.ts';
import type { LoadResult, PreparedLoad } from '#test/bench/load/load.ts';

const DEFAULT_GRACE_MS = 6_000;
const CONNECT_MS = 5_000;

/** Sends a load and notes what became of each request. */
export async function driveLoad(load: PreparedLoad): Promise<LoadResult> {
  const { spec, sequence } = load;
  const total = sequence.length;
  const statuses = new Uint16Array(total);
  const latenciesMs = new Float32Array(total);
  const answeredAtMs = new Float64Array(total);
  const free: LoadConnection[] = [];
  let isRunning = false;
  let startedAt = 0;
  let sent = 0;
  let answered = 0;
  let acknowledgedInTime = 0;

  const { ratePerSecond } = spec;
  const lengthMs = ratePerSecond === undefined ? (spec.durationMs ?? 0) : (total / ratePerSecond) * 1000;
  const dueAt = (position: number) =>
    ratePerSecond === undefined ? performance.now() : startedAt + (position / ratePerSecond) * 1000;

  const send = (connection: LoadConnection): void => {
    const position = sent;
    sent += 1;
    const since = dueAt(position);
    connection.send(load.request(position), (status) => {
      const now = performance.now();
      statuses[position] = status;
      latenciesMs[position] = now - since;
      answeredAtMs[position] = performance.timeOrigin + now;
      answered += 1;
      if (status === 200 && now - startedAt <= lengthMs) acknowledgedInTime += 1;
    });
  };
  const maySend = (): boolean => {
    if (!isRunning || sent >= total) return false;
    const now = performance.now();
    return ratePerSecond === undefined ? now - startedAt < lengthMs : dueAt(sent) <= now;
  };
  const onFree = (connection: LoadConnection): void => {
    if (maySend()) send(connection);
    else free.push(connection);
  };
  const connections = Array.from({ length: spec.connections }, () => new LoadConnection(spec.port, onFree));
  for (const until = Date.now() + CONNECT_MS; free.length < spec.connections && Date.now() < until;) await sleep(5);

  isRunning = true;
  startedAt = performance.now();
  const pump = (): void => {
    while (free.length > 0 && maySend()) {
      const connection = free.pop();
      if (connection !== undefined) send(connection);
    }
  };
  pump();
  while (sent < total && performance.now() - startedAt < lengthMs + (ratePerSecond === undefined ? 0 : 1)) {
    await sleep(1);
    pump();
  }
  // An open load is sent to its end even when it is late; its lateness is what is measured.
  const graceUntil = performance.now() + (spec.graceMs ?? DEFAULT_GRACE_MS);
  while (performance.now() < graceUntil && (answered < sent || (ratePerSecond !== undefined && sent < total))) {
    await sleep(1);
    pump();
  }
  isRunning = false;
  const elapsedMs = performance.now() - startedAt;
  for (const connection of connections) connection.close();
  return { statuses, latenciesMs, answeredAtMs, sent, acknowledgedInTime, elapsedMs };
}
