import { describe, expect, it } from 'vitest';

import { createLogger, type LogFields } from '#app/log.ts';

function capture(): { lines: () => Record<string, unknown>[]; destination: { write(line: string): void } } {
  const written: string[] = [];
  return {
    destination: { write: (line) => void written.push(line) },
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('log', () => {
  it('writes an event with its fields', () => {
    const { destination, lines } = capture();
    createLogger({ level: 'info', destination, fields: { program: 'edge' } }).info('edge.refused', {
      reason: 'hmac',
      status: 401,
      paths: ['line_items.0.price'],
    });
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        event: 'edge.refused',
        program: 'edge',
        reason: 'hmac',
        status: 401,
        paths: ['line_items.0.price'],
      },
    ]);
  });

  it('leaves out what is not on the list or has another type, also in lasting fields', () => {
    const { destination, lines } = capture();
    const leaking = {
      email: 'ada@example.com',
      body: { email: 'ada@example.com' },
      count: 'ada@example.com',
      reason: { toString: () => 'ada@example.com' },
      paths: [{ email: 'ada@example.com' }, 'email'],
      err: new Error('ada@example.com'),
      code: 'kept',
    } as unknown as LogFields;
    createLogger({ level: 'debug', destination, fields: leaking }).with(leaking).error('vault.failed', leaking);
    expect(JSON.stringify(lines())).not.toContain('ada');
    expect(lines()[0]).toMatchObject({ code: 'kept', paths: ['email'] });
  });

  it('does not take data for an event', () => {
    const { destination, lines } = capture();
    createLogger({ level: 'info', destination }).info('mail to ada@example.com');
    expect(lines()[0]?.['event']).toBe('log.bad-event');
  });

  it('keeps quiet below its level', () => {
    const { destination, lines } = capture();
    createLogger({ level: 'warn', destination }).info('edge.started');
    expect(lines()).toEqual([]);
  });
});
