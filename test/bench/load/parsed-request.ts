/** A request that was made for the wire, taken apart again: for rows that time single steps without HTTP. */
export interface ParsedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function parseRequest(request: Buffer): ParsedRequest {
  const headEnd = request.indexOf('\r\n\r\n');
  const lines = request.toString('latin1', 0, headEnd).split('\r\n').slice(1);
  const entries = lines.map((line) => line.split(': ', 2));
  return { headers: Object.fromEntries(entries) as Record<string, string>, body: request.subarray(headEnd + 4) };
}
