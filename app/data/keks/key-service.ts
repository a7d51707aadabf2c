import { createHash, timingSafeEqual } from 'node:crypto';

import { VaultError } from '#app/vault/errors.ts';
import type { Kek } from '#app/vault/keyring.ts';
import { lengthPrefixed } from '#app/vault/length-prefix.ts';
import type { WrapContext } from '#app/vault/wrap.ts';

/** What a key service does for us. Neither of the two is ever given anything that says whose a key is but its id. */
export interface KeyService {
  encrypt(plaintext: Buffer, context: WrapContext): Promise<Buffer>;
  /** @throws DoesNotOpen when the service says that the bytes are not its own, or belong to another context. */
  decrypt(ciphertext: Buffer, context: WrapContext): Promise<Buffer>;
}

/** The service answered, and the answer is no. */
export class DoesNotOpen extends Error {
  override readonly name = 'DoesNotOpen';
}

/** The service could not be asked, or would not do it; the message says why in few words and quotes nothing. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
}

export interface KeyServiceOptions {
  readonly id: string;
  readonly kind: string;
  readonly hosts: readonly string[];
  readonly service: KeyService;
}

const SECRET_BYTES = 32;
const BINDING_INFO = 'cart-insights/kek-binding/v1';
const CHECK_CONTEXT: WrapContext = { owner: 'kek', purpose: 'check', version: 1 };
const CHECK_SECRET = createHash('sha256').update('cart-insights/kek-check/v1').digest();

/**
 * A key-encryption key that a key service uses for us and never gives out.
 *
 * What is encrypted is the secret and, behind it, a digest of its context. Services bind a context themselves, and it is
 * given to them so that their own log and policies have it; but one that is too old to know of it would leave it out
 * without a word, and then the digest still tells.
 */
export function keyServiceKek({ id, kind, hosts, service }: KeyServiceOptions): Kek {
  const unreachable = (error: unknown): VaultError => {
    const why = error instanceof ServiceProblem ? error.message : 'it does not answer';
    return new VaultError('vault.kek-unreachable', `the key "${id}" cannot be used: ${why}`);
  };
  const wrap = async (secret: Buffer, context: WrapContext): Promise<Buffer> => {
    if (secret.length !== SECRET_BYTES || secret.every((byte) => byte === 0)) throw new VaultError('vault.bad-key');
    const plaintext = Buffer.concat([secret, bindingOf(context)]);
    try {
      return await service.encrypt(plaintext, context);
    } catch (error) {
      throw unreachable(error);
    } finally {
      plaintext.fill(0);
    }
  };
  const unwrap = async (wrapped: Buffer, context: WrapContext): Promise<Buffer> => {
    let plaintext: Buffer;
    try {
      const binding = bindingOf(context);
      plaintext = await service.decrypt(wrapped, context);
      if (plaintext.length === SECRET_BYTES + binding.length) {
        if (timingSafeEqual(plaintext.subarray(SECRET_BYTES), binding)) {
          const secret = Buffer.from(plaintext.subarray(0, SECRET_BYTES));
          plaintext.fill(0);
          return secret;
        }
      }
    } catch (error) {
      if (!(error instanceof DoesNotOpen) && !(error instanceof VaultError)) throw unreachable(error);
    }
    throw new VaultError('vault.unopenable');
  };
  return {
    id,
    kind,
    hosts,
    wrap,
    unwrap,
    newCheck: () => wrap(CHECK_SECRET, CHECK_CONTEXT),
    fitsCheck: async (check) => {
      try {
        return CHECK_SECRET.equals(await unwrap(check, CHECK_CONTEXT));
      } catch (error) {
        if (error instanceof VaultError && error.code === 'vault.unopenable') return false;
        throw error;
      }
    },
  };
}

/** The context as names and values, for services that take it so. Ids only: they log it in clear. */
export function contextPairs({ owner, purpose, version }: WrapContext): Record<string, string> {
  return { owner, purpose, version: String(version) };
}

/** The context as bytes, for services that take associated data. */
export function contextBytes({ owner, purpose, version }: WrapContext): Buffer {
  return lengthPrefixed([BINDING_INFO, owner, purpose, String(version)]);
}

function bindingOf(context: WrapContext): Buffer {
  return createHash('sha256').update(contextBytes(context)).digest();
}
