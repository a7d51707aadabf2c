/** What has been started so far, and so has to be ended again, in the opposite order. */
export class Ending {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #ended: Promise<void> | null = null;

  get hasBegun(): boolean {
    return this.#ended !== null;
  }

  /** @throws Interrupted when the end has begun already: the step is taken at once, and nothing more is to be started. */
  async add(step: () => Promise<void> | void): Promise<void> {
    if (this.#ended === null) {
      this.#steps.push(step);
      return;
    }
    await step();
    throw new Interrupted();
  }

  /** @throws Interrupted when the end has begun. */
  check(): void {
    if (this.#ended !== null) throw new Interrupted();
  }

  /** Ends everything. A step that fails does not keep the others from being taken. */
  end(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  async #run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error(error instanceof Error ? error.message : error);
      }
    }
  }
}

/** Somebody pressed Ctrl-C while something was being started. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
