import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { bits, explicit, integer, octets, oid, sequence, set, time, tlv, utf8, yes } from './der.ts';

/** A leaf certificate for one host, as `tls.createSecureContext` takes it. */
export interface HostCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives as long as the process. */
export interface Authority {
  /** The CA certificate, PEM: what the app trusts through NODE_EXTRA_CA_CERTS. */
  readonly pem: string;
  /** A certificate for `host` (a DNS name or an IP address); made once, then remembered. */
  issue(host: string): HostCertificate;
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

const commonName = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(name))));
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value));
const keyIdOf = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20);
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;

function altName(host: string): Buffer {
  if (isIP(host) === 4) return tlv(0x87, Buffer.from(host.split('.').map(Number)));
  return tlv(0x82, Buffer.from(host, 'ascii'));
}

interface Request {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate(request: Request): Buffer {
  const now = Date.now();
  const tbs = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    commonName(request.issuer),
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + 90 * DAY_MS))),
    commonName(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...request.extensions)),
  );
  return sequence(tbs, ECDSA_WITH_SHA256, bits(sign('sha256', tbs, request.signer)));
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Makes a new authority. Its private key never leaves this object. */
export function createAuthority(name = 'Shopify stand-in CA'): Authority {
  const ca = newKeys();
  const caKeyId = keyIdOf(ca.publicKey.export({ type: 'spki', format: 'der' }));
  const caPem = pem(
    certificate({
      subject: name,
      issuer: name,
      publicKey: ca.publicKey,
      signer: ca.privateKey,
      extensions: [
        extension('2.5.29.19', sequence(yes()), true), // basicConstraints: a CA
        extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), true), // keyUsage: keyCertSign, cRLSign
        extension('2.5.29.14', octets(caKeyId)), // subjectKeyIdentifier
      ],
    }),
  );

  const issued = new Map<string, HostCertificate>();
  const issue = (host: string): HostCertificate => {
    const known = issued.get(host);
    if (known) return known;
    const leaf = newKeys();
    const der = certificate({
      subject: host,
      issuer: name,
      publicKey: leaf.publicKey,
      signer: ca.privateKey,
      extensions: [
        extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), true), // keyUsage: digitalSignature
        extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // extendedKeyUsage: serverAuth
        extension('2.5.29.17', sequence(altName(host))), // subjectAltName
        extension('2.5.29.35', sequence(tlv(0x80, caKeyId))), // authorityKeyIdentifier
      ],
    });
    const made = { cert: pem(der), key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    issued.set(host, made);
    return made;
  };

  return { pem: caPem, issue };
}

/** Writes the CA certificate into `dir` and returns its path, for NODE_EXTRA_CA_CERTS. */
export function writeAuthority(authority: Authority, dir: string): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'shopify-stand-in-ca.pem');
  writeFileSync(file, authority.pem);
  return file;
}
