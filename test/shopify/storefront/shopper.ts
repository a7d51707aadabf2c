import {
  cartPayload,
  checkoutDeletePayload,
  checkoutPayload,
  customerPayload,
  orderPayload,
  type Payload,
  type Quirks,
} from '../payloads/index.ts';
import { HEX, type Random } from '../random.ts';
import type { Variant } from '../world/catalogue.ts';
import type { Customer } from '../world/customers.ts';
import { requirePlace } from '../world/places.ts';
import type { Shop } from '../world/shops.ts';
import type { Address, Cart, Checkout, Line, Order } from './state.ts';

export interface Choice {
  /** A product's handle, such as `clay-mug`. Default: any. */
  readonly product?: string;
  /** A variant's title. Default: any. */
  readonly variant?: string;
  readonly quantity?: number;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ShopperOptions {
  readonly shop: Shop;
  readonly random: Random;
  readonly now: () => Date;
  readonly quirks: Quirks;
  /** Who it is; they count as a guest until `logIn`. Default: any customer of the shop. */
  readonly customer?: Customer;
  /** Told about everything of which Shopify tells apps. */
  readonly happened: (topic: string, payload: Payload, at: Date) => Promise<void>;
}

const required = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new Error(`This shopper has no ${what}`);
  return value;
};

/**
 * One person shopping. Every method is one thing they do; it resolves when the webhooks that follow from it were
 * answered (or recorded, when the storefront does not send). The same seed does the same things.
 */
export class Shopper {
  readonly customer: Customer;
  cart: Cart | null = null;
  checkout: Checkout | null = null;
  order: Order | null = null;
  loggedIn = false;
  #options: ShopperOptions;
  #lastAt = 0;

  constructor(options: ShopperOptions) {
    this.#options = options;
    this.customer = options.customer ?? options.random.pick(options.shop.customers);
  }

  get shop(): Shop {
    return this.#options.shop;
  }

  /** Looks around. Shopify tells apps nothing of it. */
  browse(): Variant {
    const { shop, random } = this.#options;
    return random.pick(random.pick(shop.products).variants);
  }

  /** Puts something into the cart; the first thing makes the cart. */
  async addToCart(choice: Choice = {}): Promise<Cart> {
    const variant = this.#choose(choice);
    const lines = this.cart?.lines ?? [];
    const quantity = choice.quantity ?? 1;
    const at = lines.findIndex((line) => line.variant === variant);
    const next =
      at >= 0
        ? lines.map((line, index) => (index === at ? { ...line, quantity: line.quantity + quantity } : line))
        : [...lines, { variant, quantity, properties: choice.properties ?? null }];
    return this.#changeCart(next);
  }

  /** Sets a line's quantity; 0 takes the line out. */
  async changeQuantity(index: number, quantity: number): Promise<Cart> {
    const { lines } = required(this.cart, 'cart');
    required(lines[index], `line ${index}`);
    const next = lines.map((line, position) => (position === index ? { ...line, quantity } : line));
    return this.#changeCart(next.filter((line) => line.quantity > 0));
  }

  async removeFromCart(index: number): Promise<Cart> {
    return this.changeQuantity(index, 0);
  }

  /** Takes everything out; the cart keeps its token. */
  async emptyCart(): Promise<Cart> {
    required(this.cart, 'cart');
    return this.#changeCart([]);
  }

  /** From now on checkouts carry the customer. */
  logIn(): void {
    this.loggedIn = true;
  }

  /** Opens the checkout. Somebody logged in is known at once; a guest has no contact, customer or address yet. */
  async startCheckout(): Promise<Checkout> {
    const { random, quirks } = this.#options;
    const cart = required(this.cart, 'cart');
    const at = this.#now();
    this.checkout = {
      token: `Z2NwLWV1cm9wZS13ZXN0NDo${random.text(26)}`,
      number: 61_880_000_000_000 + random.int(0, 999_999_999),
      cartToken: quirks.nullTokens ? null : cart.token,
      recoveryKey: random.text(32, HEX),
      lines: cart.lines,
      createdAt: at,
      updatedAt: at,
      completedAt: null,
      email: this.loggedIn ? this.customer.email : null,
      customer: this.loggedIn ? this.customer : null,
      address: null,
      locale: this.customer.place.locale,
      acceptsMarketing: random.chance(0.3),
    };
    await this.#tell('checkouts/create', checkoutPayload(this.shop, this.checkout, quirks), at);
    return this.checkout;
  }

  /** The contact step: an e-mail address, no account needed. */
  async giveContact(email: string = this.customer.email): Promise<Checkout> {
    return this.#changeCheckout({ email });
  }

  /** The address step; by default where the person lives. */
  async giveAddress(to: { country?: string; province?: string } = {}): Promise<Checkout> {
    const { customer } = this;
    const place = to.country === undefined ? customer.place : requirePlace(to.country, to.province);
    const street = to.country === undefined ? customer.street : `12 ${place.street}`;
    const { firstName, lastName, phone } = customer;
    return this.#changeCheckout({ address: { firstName, lastName, street, phone, place } });
  }

  /** Pays: the checkout is completed and an order exists. Missing steps are done first. */
  async pay(): Promise<Order> {
    const { random, quirks } = this.#options;
    if (!this.checkout) await this.startCheckout();
    if (this.checkout?.email === null) await this.giveContact();
    if (this.checkout?.address === null) await this.giveAddress();
    const completed = await this.#changeCheckout({ completedAt: this.#now() });
    const at = this.#now();
    this.shop.lastOrderNumber++;
    this.order = {
      id: 6_120_000_000_000 + random.int(0, 999_999_999),
      number: this.shop.lastOrderNumber,
      token: random.text(32, HEX),
      confirmation: random.text(9, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'),
      cartToken: completed.cartToken,
      checkoutToken: completed.token,
      lines: completed.lines,
      createdAt: at,
      updatedAt: at,
      email: required(completed.email, 'e-mail address'),
      customer: this.customer,
      address: required<Address>(completed.address, 'address'),
      locale: completed.locale,
      ip: this.customer.ip,
      financialStatus: 'paid',
      fulfillmentStatus: null,
      cancelledAt: null,
      cancelReason: null,
    };
    const known = this.shop.orderIds.get(this.customer.id) ?? [];
    this.shop.orderIds.set(this.customer.id, [...known, this.order.id]);
    await this.#tell('orders/create', orderPayload(this.shop, this.order, quirks), at);
    return this.order;
  }

  /** The shop sends the parcel. */
  async receiveParcel(): Promise<Order> {
    return this.#changeOrder('orders/updated', { fulfillmentStatus: 'fulfilled' });
  }

  async cancelOrder(reason: NonNullable<Order['cancelReason']> = 'customer'): Promise<Order> {
    const changes = { cancelledAt: this.#now(), cancelReason: reason, financialStatus: 'voided' } as const;
    return this.#changeOrder('orders/cancelled', changes);
  }

  /** Shopify forgets the checkout, as it does with old abandoned ones. */
  async loseCheckout(): Promise<void> {
    const checkout = required(this.checkout, 'checkout');
    this.checkout = null;
    await this.#tell('checkouts/delete', checkoutDeletePayload(this.shop, checkout, this.#options.quirks), this.#now());
  }

  /** Changes something in their account (a telephone number, say). */
  async updateAccount(): Promise<void> {
    const at = this.#now();
    await this.#tell('customers/update', customerPayload(this.shop, this.customer, at, this.#options.quirks), at);
  }

  /** A later visit: an unpaid cart is still there, a paid one makes room for the next. */
  comeBack(): void {
    if (!this.order) return;
    this.cart = null;
    this.checkout = null;
    this.order = null;
  }

  #choose(choice: Choice): Variant {
    const { shop, random } = this.#options;
    const product =
      choice.product === undefined
        ? random.pick(shop.products)
        : required(
            shop.products.find((one) => one.handle === choice.product),
            `product ${choice.product}`,
          );
    if (choice.variant === undefined) return random.pick(product.variants);
    return required(
      product.variants.find((one) => one.title === choice.variant),
      `variant ${choice.variant} of ${product.handle}`,
    );
  }

  async #changeCart(lines: readonly Line[]): Promise<Cart> {
    const { random, quirks } = this.#options;
    const at = this.#now();
    const topic = this.cart ? 'carts/update' : 'carts/create';
    const fresh = { token: `hWN${random.text(21)}`, createdAt: at, note: 'A cart note nobody may keep' };
    this.cart = { ...(this.cart ?? fresh), lines, updatedAt: at };
    await this.#tell(topic, cartPayload(this.shop, this.cart, quirks), at);
    return this.cart;
  }

  async #changeCheckout(changes: Partial<Checkout>): Promise<Checkout> {
    const at = this.#now();
    this.checkout = { ...required(this.checkout, 'checkout'), ...changes, updatedAt: at };
    await this.#tell('checkouts/update', checkoutPayload(this.shop, this.checkout, this.#options.quirks), at);
    return this.checkout;
  }

  async #changeOrder(topic: string, changes: Partial<Order>): Promise<Order> {
    const at = this.#now();
    this.order = { ...required(this.order, 'order'), ...changes, updatedAt: at };
    await this.#tell(topic, orderPayload(this.shop, this.order, this.#options.quirks), at);
    return this.order;
  }

  /** Time never stands still or goes back for one shopper. */
  #now(): Date {
    this.#lastAt = Math.max(this.#options.now().getTime(), this.#lastAt + 1);
    return new Date(this.#lastAt);
  }

  async #tell(topic: string, payload: Payload, at: Date): Promise<void> {
    await this.#options.happened(topic, payload, at);
  }
}
