/**
 * What waits, by shop. Shops take turns: one that sends nine of ten webhooks fills its own line, not the others' places.
 * Within a shop the order is that of arrival.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(shopId: string, item: Item): void {
    const line = this.#lines.get(shopId);
    if (line === undefined) this.#lines.set(shopId, [item]);
    else line.push(item);
    this.#size += 1;
  }

  /** At most `most` items, an equal share from every shop while all have enough. A shop that was served goes to the end. */
  take(most: number): Item[] {
    const taken: Item[] = [];
    while (taken.length < most && this.#lines.size > 0) {
      const share = Math.max(1, Math.floor((most - taken.length) / this.#lines.size));
      // A copy, since lines that are served move to the end of the map while it is walked.
      for (const [shopId, line] of [...this.#lines]) {
        if (taken.length >= most) break;
        taken.push(...line.splice(0, Math.min(share, most - taken.length)));
        this.#lines.delete(shopId);
        if (line.length > 0) this.#lines.set(shopId, line);
      }
    }
    this.#size -= taken.length;
    return taken;
  }

  /** The first item of each shop that has one. */
  *heads(): Iterable<Item> {
    for (const [head] of this.#lines.values()) if (head !== undefined) yield head;
  }
}
