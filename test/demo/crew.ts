import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Ending } from '#test/demo/ending.ts';
import { markOf } from '#test/demo/lock.ts';
import { supervise, type Supervised, type SupervisedOptions } from '#test/demo/supervised.ts';

/** The programs of one demo, each with its log and each started again when it dies. */
export class Crew {
  /** Told whenever a process id has changed. */
  onChange: () => void = () => undefined;
  readonly #directory: string;
  readonly #ending: Ending;
  readonly #say: (line: string) => void;
  readonly #programs = new Map<string, Supervised>();

  constructor(directory: string, ending: Ending, say: (line: string) => void) {
    this.#directory = directory;
    this.#ending = ending;
    this.#say = say;
    mkdirSync(join(directory, 'logs'), { recursive: true });
  }

  async start(name: string, options: Omit<SupervisedOptions, 'logFile' | 'onDeath'>): Promise<Supervised> {
    this.#ending.check();
    const logFile = this.logFileOf(name);
    writeFileSync(logFile, '', { mode: 0o600 });
    const program = supervise({
      ...options,
      args: [...options.args, markOf(this.#directory)],
      logFile,
      onStart: () => {
        options.onStart?.();
        this.onChange();
      },
      onDeath: (reason) => {
        this.#say(`The program ${name} ended (${reason}) and is started again.`);
      },
    });
    this.#programs.set(name, program);
    await this.#ending.add(() => program.stop());
    return program;
  }

  restart(names: readonly string[]): void {
    for (const name of names) this.#programs.get(name)?.restart();
  }

  logFileOf(name: string): string {
    return join(this.#directory, 'logs', `${name}.log`);
  }

  logFiles(): string[] {
    return [...this.#programs.keys()].map((name) => this.logFileOf(name));
  }

  /** Process ids by name; without those that are down at the moment. */
  pids(): Record<string, number> {
    const pids: Record<string, number> = {};
    for (const [name, { pid }] of this.#programs) if (pid !== null) pids[name] = pid;
    return pids;
  }
}
