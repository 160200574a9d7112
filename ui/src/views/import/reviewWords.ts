/** What a file under review is called, and what kind of thing it is. */
import { strings } from '../../lib/strings';
import type { Review } from '../../lib/bindings';
import { isSealed } from './keyImport.svelte';

const words = strings.importing;

export function titleOf({ source }: Review): string {
  return 'name' in source ? source.name : { paste: words.pasted, form: words.form, generated: words.generated }[source.from];
}

/** What came without a file around it is no shape of its own, but a key, a secret or a token. */
export function kindOf(review: Review): string {
  const { facts } = review;
  if (facts) return (facts.described ?? words.shapes[facts.shape]) || strings.credentialKinds[facts.kind];
  return isSealed(review) ? words.encrypted : words.notAKey;
}
