import type { Prisma } from '#app/data/prisma/client.ts';
import type { FieldEntry, SealedEntry, TableEntry } from '#app/privacy/registry/entry.ts';

type Models = Prisma.TypeMap['model'];
export type ModelName = keyof Models;
export type FieldName<Model extends ModelName> = keyof Models[Model]['payload']['scalars'] & string;

/**
 * One entry for every column of a Prisma model: a column without an entry does not compile, nor does an entry without a
 * column. The column `sealed` has to say what is in it.
 */
export type ModelColumns<Model extends ModelName> = {
  readonly [Field in FieldName<Model>]: Field extends 'sealed' ? SealedEntry : FieldEntry;
};

export type ModelEntry<Model extends ModelName> = TableEntry<ModelColumns<Model>>;
