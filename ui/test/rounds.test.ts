/** A bag of key files: which are imported together, which wait, and which belong together. */
import { screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { providers } from '../src/gallery/providers';
import type { AskedId, KeyFileFacts, Review } from '../src/lib/types';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import { kinBefore } from '../src/views/import/kin';
import { draw } from './support/page';
import { PRODUCTION, STAGING, fail, json, pem, sheet } from './support/importing';

function like(review: Review, id: string, facts: Partial<KeyFileFacts>): Review {
  return { ...review, id, source: { from: 'file', name: `${id}.json` }, facts: { ...review.facts!, ...facts } };
}

const other = like(json, 'other', { userId: '2', key: { ...json.facts!.key!, fingerprint: 'SHA256:other' } });
const google = like(json, 'google', { userId: '3', makers: ['google'], tokenEndpoint: 'https://oauth2.googleapis.com/token' });

describe('a bag of key files', () => {
  it('is imported as far as it is complete, and the rest says what it lacks', async () => {
    const { core, importing, item } = await sheet([json, pem]);
    expect(await importing.run(true)).toBe(true);
    expect([core.import.mock.calls.length, importing.pending, importing.round]).toEqual([1, [pem], []]);
    expect(await importing.run(true)).toBe(false);
    Object.assign(item(pem), { userId: '17', keyId: '18' });
    expect([await importing.run(true), core.import.mock.calls.length, importing.pending]).toEqual([true, 2, []]);
  });

  it('leaves another system’s file for an environment of its own, and proposes one', async () => {
    const { app, core, importing } = await sheet([json, google]);
    app.environments.providers = providers;
    app.reviews.chosen = true;
    await importing.run(false);
    expect([core.import.mock.calls.length, importing.pending, app.reviews.chosen]).toEqual([1, [google], false]);
    const there = app.environments.list.find(({ environment }) => environment.id === STAGING)!;
    app.environments.list = [there];
    expect([importing.proposed, importing.homeless?.id]).toEqual([null, 'google']);
    app.environments.list = [there, { ...there, environment: { ...there.environment, id: PRODUCTION, provider: 'google' } }];
    expect(importing.proposed?.environment.id).toBe(PRODUCTION);
  });

  it('brings no other system’s file in while one of the environment’s lacks something', async () => {
    const { app, core, importing } = await sheet([pem, google]);
    app.environments.providers = providers;
    expect([importing.round, importing.waits(google), importing.waits(pem)]).toEqual([[], true, false]);
    expect([await importing.run(true), core.import.mock.calls.length]).toEqual([false, 0]);
  });

  it('takes another system’s file alone where the user insists', async () => {
    const { app, core, importing } = await sheet([google]);
    app.environments.providers = providers;
    expect(importing.isForeign(google)).toBe(true);
    await importing.run(false);
    expect(core.import).toHaveBeenCalledOnce();
  });

  it('keeps the environment that was insisted on where another system’s file could not be stored', async () => {
    const { app, importing } = await sheet([google], { import: vi.fn(async () => fail('keychain-locked')) });
    app.environments.providers = providers;
    app.reviews.chosen = true;
    await importing.run(false);
    expect([importing.pending, app.reviews.chosen, app.reviews.environment]).toEqual([[google], true, STAGING]);
  });

  it('knows which are for one service user, and which are one key', async () => {
    const second = like(json, 'second', { key: other.facts!.key });
    const { importing } = await sheet([json, other, second, like(json, 'again', { userId: '9' })]);
    const kin = importing.pending.map((review) => kinBefore(review, importing));
    expect(kin).toEqual([null, null, { review: other, sameKey: true }, { review: json, sameKey: true }]);
    const { importing: fresh } = await sheet([json, like(json, 'further', { key: other.facts!.key })]);
    expect(kinBefore(fresh.pending[1]!, fresh)).toEqual({ review: json, sameKey: false });
  });
});

describe('the sheet of a bag', () => {
  it('counts what it imports, says how many stay, and of which service user a further key is', async () => {
    const further = like(json, 'further', { key: other.facts!.key });
    const missingIds = async (id: string): Promise<AskedId[]> => (id === pem.id ? [{ kind: 'userId', optional: false }] : []);
    const { app } = await sheet([json, further, pem, google], { missingIds });
    app.environments.providers = providers;
    Object.assign(app.reviews, { open: true, chosen: true });
    draw(app, ImportSheet, {});
    expect(screen.getByTestId('import-and-test').textContent).toContain('Import and test 2');
    expect(screen.getByTestId('import-staying').textContent).toBe('2 stay: see their cards');
    const cards = screen.getAllByTestId('review');
    expect(within(cards[1]!).getByTestId('import-kin').textContent).toContain('deploy-bot.json');
    expect(cards[3]!.querySelector('[data-warning="foreign"]')?.textContent).toContain('stays here until the others are in');
  });
});
