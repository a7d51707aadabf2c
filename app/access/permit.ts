import { fieldRule } from '#app/access/field-rules.ts';
import type { Right } from '#app/access/roles.ts';
import type { Strictness } from '#app/access/settings.ts';
import type { Standing } from '#app/access/standing.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { Act } from '#app/privacy/purposes.ts';
import type { Place } from '#app/vault/place.ts';

/** Who asks, under which rules of the shop, and whether for an act of its own. */
export interface Asking {
  readonly standing: Pick<Standing, 'rights' | 'reveal'>;
  readonly strictness: Strictness;
  readonly act: Act | null;
  readonly reason: string | null;
}

const ACT_RIGHTS: Readonly<Record<Act, Right>> = {
  'copy-address': 'copy-address',
  'show-field': 'people',
  'email-search': 'email-search',
  export: 'export',
};

/** Whether somebody may do this at all, before anything is looked for. */
export function mayAct({ standing, strictness, reason }: Asking, act: Act): boolean {
  if (!standing.rights.has(ACT_RIGHTS[act])) return false;
  // Whoever takes a value along, or sees it whole, has said before what for.
  if ((act === 'show-field' || act === 'copy-address') && standing.reveal === null) return false;
  // In a strict shop every whole value has a reason.
  const isWholeValue = act !== 'email-search';
  return !(isWholeValue && strictness.masksNames) || reason !== null;
}

export type Permission = 'whole' | 'masked' | 'no';

/**
 * Whether one field of one kind of subject may be opened for whoever asks.
 *
 * Whatever a person's own document holds is about who they are. The same values in a checkout or an order are copies; they
 * are not opened for people at all, so that there is one place to hide.
 */
export function permissionFor(asking: Asking, scope: SubjectScope, place: Place, field: string): Permission {
  const { standing, strictness, act } = asking;
  const { mask, purposes } = fieldRule(place.table, place.column, field);
  if (mask === 'never-shown') return 'no';
  // Whom a request is about, and the copy made for them: for those who answer it, who could not do so otherwise.
  if (scope === 'request') return standing.rights.has('answer-requests') ? 'whole' : 'no';
  if (scope !== 'person') {
    return mask !== 'revealed-for-purpose' && standing.rights.has('carts') ? 'whole' : 'no';
  }
  if (act !== null) return mayAct(asking, act) && (act !== 'copy-address' || field === 'email') ? 'whole' : 'no';
  if (standing.reveal === null || !purposes.has(standing.reveal.purpose)) return 'no';
  if (!strictness.masksNames) return 'whole';
  return mask === 'revealed-for-purpose' ? 'masked' : 'no';
}
