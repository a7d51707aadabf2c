import type { Random } from '../random.ts';
import type { Shopper } from './shopper.ts';

/** Waits as long as a person would take for the next step; rejects when the crowd goes home. */
export type Pause = (factor?: number) => Promise<void>;
export type Tell = (text: string) => void;

const nameOf = (shopper: Shopper): string => {
  const { firstName, lastName, place } = shopper.customer;
  return shopper.loggedIn ? `${firstName} ${lastName.slice(0, 1)}.` : `A guest from ${place.city}`;
};

async function fillCart(shopper: Shopper, random: Random, pause: Pause, tell: Tell): Promise<void> {
  for (let left = random.int(1, 4); left > 0; left--) {
    shopper.browse();
    await pause();
    const known = new Set(shopper.cart?.lines.map((line) => line.variant));
    const engraving = random.chance(0.08) ? { properties: { Engraving: 'For my aunt in Halifax' } } : {};
    const cart = await shopper.addToCart({ quantity: random.chance(0.2) ? 2 : 1, ...engraving });
    const line = cart.lines.find((one) => !known.has(one.variant)) ?? cart.lines.at(-1);
    const title = line?.variant.title === 'Default Title' ? '' : ` (${line?.variant.title})`;
    tell(`${nameOf(shopper)} put ${line?.variant.product.title}${title} into the cart`);
  }
  if (random.chance(0.35) && shopper.cart) {
    await pause();
    await shopper.changeQuantity(0, random.int(1, 3));
    tell(`${nameOf(shopper)} changed a quantity`);
  }
  if (random.chance(0.2) && shopper.cart && shopper.cart.lines.length > 1) {
    await pause();
    await shopper.removeFromCart(shopper.cart.lines.length - 1);
    tell(`${nameOf(shopper)} took something out again`);
  }
}

async function buy(shopper: Shopper, random: Random, pause: Pause, tell: Tell): Promise<void> {
  await pause();
  await shopper.startCheckout();
  tell(`${nameOf(shopper)} went to the checkout`);
  if (random.chance(0.12)) return tell(`${nameOf(shopper)} left before giving a name`);
  await pause();
  if (!shopper.loggedIn) {
    await shopper.giveContact();
    tell(`${nameOf(shopper)} gave an e-mail address`);
    await pause();
  }
  await shopper.giveAddress();
  tell(`${nameOf(shopper)} wants it sent to ${shopper.customer.place.country}`);
  if (random.chance(0.3)) return tell(`${nameOf(shopper)} left the checkout`);
  await pause(1.5);
  const order = await shopper.pay();
  tell(`${nameOf(shopper)} paid: order #${order.number}`);
  if (random.chance(0.1)) {
    await pause(3);
    await shopper.cancelOrder();
    tell(`Order #${order.number} was cancelled`);
  } else if (random.chance(0.4)) {
    await pause(3);
    await shopper.receiveParcel();
    tell(`Order #${order.number} is on its way`);
  }
}

/** One visit, or two, of one person, as anybody would shop. */
export async function visit(shopper: Shopper, random: Random, pause: Pause, tell: Tell): Promise<void> {
  await pause();
  if (random.chance(0.35)) shopper.logIn();
  if (shopper.loggedIn && random.chance(0.15)) {
    await shopper.updateAccount();
    tell(`${nameOf(shopper)} updated their account`);
  }
  await fillCart(shopper, random, pause, tell);
  if (random.chance(0.06)) {
    await pause();
    await shopper.emptyCart();
    tell(`${nameOf(shopper)} emptied the cart`);
    return;
  }
  if (random.chance(0.6)) await buy(shopper, random, pause, tell);
  else tell(`${nameOf(shopper)} left with a full cart`);
  if (!random.chance(0.3)) return;

  await pause(4);
  shopper.comeBack();
  tell(`${nameOf(shopper)} came back`);
  await fillCart(shopper, random, pause, tell);
  if (random.chance(0.5)) await buy(shopper, random, pause, tell);
}
