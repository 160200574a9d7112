/** The text of a list row, on screen and for screen readers. */
import { visible } from '../../lib/format';
import { strings } from '../../lib/strings';
import type { Environment, ServiceUserRow } from '../../lib/bindings';
import { factsOf, type Fact } from './rowFacts';

export interface RowWords {
  name: string;
  /** The name of its environment, where rows of several are listed together. */
  environment: string;
  /** The same with its tier. */
  home: string;
  /** The kind of its credential, in words. */
  kind: string;
  userId: string;
  facts: Fact[];
  tags: string[];
  /** All but the name as it is read out: whole and in words, whatever is shortened, a colour or a picture. */
  about: string;
}

/** Tells the words of a row at a moment; `home` is its environment where that has to be said, for `failed` see `factsOf`. */
export function rowWords(row: ServiceUserRow, home: Environment | undefined, now: number, failed: boolean): RowWords {
  const words = strings.shell.list;
  const name = visible(row.name);
  const environment = home ? visible(home.name) : '';
  const where = home ? words.home(environment, strings.tiers[home.tier]) : '';
  const kind = row.credentialKind ? strings.credentialKinds[row.credentialKind] : '';
  const userId = visible(row.userId);
  const facts = factsOf(row, now, failed);
  const tags = row.tags.map(visible);
  const about = words.about([
    row.favourite ? words.favourite : '',
    where,
    kind,
    `${words.userId} ${userId}`,
    ...facts.map((fact) => fact.text),
    ...tags.map(words.tag),
  ]);
  return { name, environment, home: where, kind, userId, facts, tags, about };
}
