import type { Shape } from './shapes.ts';

export interface VariantRow {
  readonly title: string;
  readonly colour: string;
  readonly priceCents: number;
}

export interface ProductRow {
  readonly title: string;
  readonly shape: Shape;
  readonly grams: number;
  readonly variants: readonly VariantRow[];
}

type Choice = readonly [title: string, colour: string, priceCents: number];

const row = (title: string, shape: Shape, grams: number, ...choices: readonly Choice[]): ProductRow => ({
  title,
  shape,
  grams,
  variants: choices.map(([variant, colour, priceCents]) => ({ title: variant, colour, priceCents })),
});

const CHALK = '#e6dfd3';
const SAND = '#d3b78f';
const OCHRE = '#c98f35';
const RUST = '#b0573a';
const TERRACOTTA = '#c4704f';
const MOSS = '#7c8458';
const FOREST = '#3f5b47';
const SEA = '#5f8f99';
const NAVY = '#2f4260';
const SLATE = '#5b6470';
const OAK = '#b98a57';
const WALNUT = '#6f4b33';
const BLACK = '#33312f';
const ROSE = '#c98b8b';

/** Ceramics, textiles and wood from Montréal; prices in Canadian cents. */
export const ATELIER_NORD: readonly ProductRow[] = [
  row('Clay Mug', 'mug', 340, ['Sand', SAND, 38_00], ['Slate', SLATE, 38_00], ['Forest', FOREST, 42_00]),
  row('Espresso Cup', 'mug', 160, ['Chalk', CHALK, 24_00], ['Ochre', OCHRE, 24_00]),
  row('Breakfast Bowl', 'bowl', 420, ['Sand', SAND, 32_00], ['Sea', SEA, 32_00], ['Rose', ROSE, 32_00]),
  row('Serving Plate', 'plate', 780, ['Small', CHALK, 46_00], ['Large', CHALK, 64_00]),
  row('Tall Vase', 'vase', 1_450, ['Chalk', CHALK, 84_00], ['Terracotta', TERRACOTTA, 84_00]),
  row('Bud Vase', 'vase', 310, ['Sea', SEA, 29_00], ['Moss', MOSS, 29_00]),
  row('Stoneware Teapot', 'pot', 980, ['Slate', SLATE, 96_00], ['Sand', SAND, 96_00]),
  row('Stoneware Jar', 'jar', 640, ['Small', TERRACOTTA, 36_00], ['Large', TERRACOTTA, 52_00]),
  row('Linen Cushion', 'cushion', 510, ['Natural', CHALK, 58_00], ['Moss', MOSS, 58_00], ['Rust', RUST, 58_00]),
  row('Wool Throw', 'throw', 1_200, ['Slate', SLATE, 148_00], ['Ochre', OCHRE, 148_00]),
  row('Linen Tea Towel', 'throw', 140, ['Navy', NAVY, 19_00], ['Rose', ROSE, 19_00]),
  row('Beeswax Candle', 'candle', 220, ['Small', OCHRE, 22_00], ['Large', OCHRE, 38_00]),
  row('Cedar Candle', 'candle', 260, ['Default Title', FOREST, 34_00]),
  row('Oak Cutting Board', 'board', 1_350, ['Small', OAK, 54_00], ['Large', OAK, 78_00]),
  row('Walnut Spoon', 'spoon', 60, ['Default Title', WALNUT, 16_50]),
  row('Desk Lamp', 'lamp', 2_100, ['Brass', OCHRE, 189_00], ['Black', BLACK, 189_00]),
  row('Woven Basket', 'basket', 700, ['Small', SAND, 39_00], ['Medium', SAND, 55_00], ['Large', SAND, 74_00]),
  row('Olive Soap', 'soap', 120, ['Default Title', MOSS, 11_00]),
  row('Lavender Soap', 'soap', 120, ['Default Title', '#9a8bb0', 11_00]),
  row('Canvas Tote', 'tote', 230, ['Natural', CHALK, 28_00], ['Navy', NAVY, 28_00]),
  row('Wool Socks', 'socks', 90, ['S', RUST, 26_00], ['M', RUST, 26_00], ['L', RUST, 26_00]),
  row('Sketchbook', 'notebook', 380, ['Lined', NAVY, 21_00], ['Plain', RUST, 21_00]),
  row('Wooden Stool', 'stool', 3_400, ['Oak', OAK, 220_00], ['Walnut', WALNUT, 245_00]),
  row('Coat Hook', 'hook', 180, ['Oak', OAK, 18_00], ['Black', BLACK, 18_00]),
];

/** Coffee, bags and bicycle things from Berlin; prices in euro cents. */
export const SECOND_SHOP: readonly ProductRow[] = [
  row('Filter Coffee', 'pouch', 250, ['Ethiopia', ROSE, 13_90], ['Colombia', SEA, 12_90], ['Decaf', MOSS, 12_90]),
  row('Espresso Beans', 'pouch', 1_000, ['250 g', WALNUT, 11_90], ['1 kg', WALNUT, 36_00]),
  row('Pour-Over Dripper', 'bowl', 380, ['White', CHALK, 24_00], ['Black', BLACK, 24_00]),
  row('Enamel Mug', 'mug', 180, ['Navy', NAVY, 15_00], ['Chalk', CHALK, 15_00], ['Rust', RUST, 15_00]),
  row('Tea Tin', 'jar', 200, ['Green', FOREST, 14_50], ['Black', BLACK, 14_50]),
  row('Steel Bottle', 'bottle', 320, ['Slate', SLATE, 29_00], ['Sea', SEA, 29_00], ['Rust', RUST, 29_00]),
  row('Travel Bottle', 'bottle', 210, ['Ochre', OCHRE, 22_00]),
  row('Everyday Backpack', 'backpack', 900, ['Black', BLACK, 89_00], ['Moss', MOSS, 89_00]),
  row('Courier Bag', 'tote', 760, ['Navy', NAVY, 112_00], ['Black', BLACK, 112_00]),
  row('Market Tote', 'tote', 210, ['Natural', CHALK, 18_00]),
  row('Five-Panel Cap', 'cap', 90, ['Rust', RUST, 27_00], ['Forest', FOREST, 27_00]),
  row('Heavy T-Shirt', 'shirt', 240, ['S', CHALK, 32_00], ['M', CHALK, 32_00], ['L', CHALK, 32_00]),
  row('Rain Jacket', 'shirt', 480, ['S', OCHRE, 129_00], ['M', OCHRE, 129_00], ['L', OCHRE, 129_00]),
  row('Merino Socks', 'socks', 80, ['36–40', SLATE, 19_00], ['41–45', SLATE, 19_00]),
  row('Pocket Notebook', 'notebook', 110, ['Dotted', SEA, 9_50], ['Plain', OCHRE, 9_50]),
  row('City Poster', 'poster', 150, ['A3', NAVY, 24_00], ['A2', NAVY, 34_00]),
  row('Garden Poster', 'poster', 150, ['A3', MOSS, 24_00], ['A2', MOSS, 34_00]),
  row('Bicycle Bell', 'bell', 120, ['Brass', OCHRE, 26_00], ['Black', BLACK, 24_00]),
  row('Bicycle Lamp', 'lamp', 190, ['Front', BLACK, 39_00], ['Rear', RUST, 29_00]),
  row('Saddle Bag', 'pouch', 260, ['Tan', OAK, 45_00]),
  row('Tool Roll', 'throw', 300, ['Canvas', SAND, 34_00]),
  row('Chain Soap', 'soap', 150, ['Default Title', SLATE, 8_50]),
  row('Workshop Stool', 'stool', 3_900, ['Oak', OAK, 165_00]),
  row('Scented Candle', 'candle', 280, ['Fig', MOSS, 28_00], ['Tobacco', WALNUT, 28_00]),
];
