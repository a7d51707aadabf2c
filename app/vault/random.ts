import { randomFillSync } from 'node:crypto';

const STOCK_BYTES = 4096;
const stock = Buffer.alloc(STOCK_BYTES);
let used = STOCK_BYTES;

/**
 * Random bytes from the system's generator, drawn in stock: asking costs the same for four bytes as for four thousand, and
 * every message needs sixteen. What is given out is wiped from the stock, and no byte is given out twice.
 */
export function random(length: number): Buffer {
  if (length > STOCK_BYTES) return randomFillSync(Buffer.alloc(length));
  if (used + length > STOCK_BYTES) {
    randomFillSync(stock);
    used = 0;
  }
  const out = Buffer.from(stock.subarray(used, used + length));
  stock.fill(0, used, used + length);
  used += length;
  return out;
}
