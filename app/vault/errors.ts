/** Why the vault refused. `vault.unopenable` is one answer for every reason a sealed value does not open: a caller learns nothing from it. */
export type VaultErrorCode =
  | 'vault.unopenable'
  | 'vault.bad-key'
  | 'vault.bad-keyring'
  | 'vault.bad-input'
  /** The service that holds a key-encryption key did not answer, or would not: nothing is wrong with what was to be opened. */
  | 'vault.kek-unreachable';

/** The vault's only error. It carries no bytes and no values. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string = code) {
    super(message);
    this.name = 'VaultError';
    this.code = code;
  }
}
