import type { Operation } from '../operation.ts';
import { catalogueVariants } from './catalogue-variants.ts';
import { customerChoices } from './customer-choices.ts';
import { dataSaleOptOut } from './data-sale-opt-out.ts';
import { shopDetails } from './shop-details.ts';

/** Every operation the stand-in answers. A new one is one file and one line here. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [shopDetails, catalogueVariants, customerChoices, dataSaleOptOut].map((operation) => [operation.name, operation]),
);
