import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The network that a request comes from, for counting: what the connection says, unless proxies of the operator's stand in
 * front. Each of those adds the address it saw to the end of `X-Forwarded-For`; what stands before those was said by whoever
 * sent the request, and is not believed.
 *
 * @param proxies how many of them every request passes.
 */
export function clientNetworkOf(req: IncomingMessage, proxies: number): string {
  const connected = req.socket.remoteAddress ?? '';
  if (proxies === 0) return networkOf(connected) ?? connected;
  const seen = (req.headersDistinct['x-forwarded-for'] ?? []).flatMap((line) => line.split(','));
  // Fewer than there are proxies: it came past them, and the connection is all that can be believed.
  return networkOf(seen.at(-proxies) ?? '') ?? networkOf(connected) ?? connected;
}

/**
 * What counts as one asker: an IPv4 address, or the first 64 bits of an IPv6 one, of which everybody has 2⁶⁴. Null for what is
 * no address. Some proxies write a port behind it.
 */
export function networkOf(written: string): string | null {
  const text = written.trim();
  const [, bracketed, v4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? v4 ?? text).replace(/%.*$/, '');
  if (isIP(address) === 4) return address;
  return isIP(address) === 6 ? networkOfV6(address) : null;
}

function networkOfV6(address: string): string {
  // In its one canonical form: hexadecimal, without leading zeros.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  // An IPv4 address in the clothes of an IPv6 one (RFC 4291, 2.5.5.2), as a socket for both gives it.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
