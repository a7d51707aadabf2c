import type { Shop } from '../world/shops.ts';

export interface OperationContext {
  readonly shop: Shop;
  /** What the token that asks may do. */
  readonly granted: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One GraphQL operation the app may send, known by its name. */
export interface Operation {
  readonly name: string;
  /** Access scopes without which Shopify answers ACCESS_DENIED. */
  readonly scopes: readonly string[];
  /** Everything the operation could select; the answer is cut to what the document asks for. */
  resolve(context: OperationContext): Record<string, unknown>;
}
