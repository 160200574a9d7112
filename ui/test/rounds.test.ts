/** Several key files: which are imported together, which wait, and which belong together. */
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Imported, ImportRequest, KeyFileFacts, PlanItem, Review } from '../src/lib/bindings';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import { draw } from './support/page';
import { STAGING, fail, imported, json, pem, planning, sheet } from './support/importing';

function like(review: Review, id: string, facts: Partial<KeyFileFacts>): Review {
  return { ...review, id, source: { from: 'file', name: `${id}.json` }, facts: { ...review.facts!, ...facts } };
}

const other = like(json, 'other', { userId: '2', key: { ...json.facts!.key!, fingerprint: 'SHA256:other' } });
const google = like(json, 'google', { userId: '3', makers: ['google'], tokenEndpoint: 'https://oauth2.googleapis.com/token' });

/** What the core says of another system's file, among others or alone. */
const foreign = (waits: boolean) => ({ review }: PlanItem): Partial<PlanItem> => (review === google.id ? { foreign: true, waits } : {});

describe('several key files', () => {
  it('are imported as far as they are complete, and the rest says what it lacks', async () => {
    const { core, importing, item } = await sheet([json, pem]);
    expect(await importing.run(true)).toBe(true);
    expect([core.import.mock.calls.length, importing.pending, importing.next]).toEqual([1, [pem], []]);
    expect(await importing.run(true)).toBe(false);
    Object.assign(item(pem), { userId: '17', keyId: '18' });
    expect([await importing.run(true), core.import.mock.calls.length, importing.pending]).toEqual([true, 2, []]);
  });

  it('leave another system’s file for an environment of its own, which is proposed next', async () => {
    const { app, core, importing } = await sheet([json, google], {
      // Alone, it waits for nothing.
      importPlan: (request) => planning([json, google], foreign(request.entries.length > 1))(request),
    });
    await importing.run(false);
    expect([core.import.mock.calls.length, importing.pending, app.reviews.chosen]).toEqual([1, [google], false]);
  });

  it('bring nothing in while all that are the environment’s lack something', async () => {
    const { core, importing } = await sheet([pem, google], { importPlan: planning([pem, google], foreign(true)) });
    expect([await importing.run(true), core.import.mock.calls.length, importing.next]).toEqual([false, 0, []]);
  });

  it('keep the environment that was insisted on where another system’s file could not be stored', async () => {
    const { app, importing } = await sheet([google], { import: vi.fn(async () => fail('keychain-locked')), importPlan: planning([google], foreign(false)) });
    await importing.run(false);
    expect([importing.pending, app.reviews.chosen, app.reviews.environment]).toEqual([[google], true, STAGING]);
  });
});

describe('a thousand key files', () => {
  const many = Array.from({ length: 1000 }, (_, at) => like(json, `key-${at}`, {}));
  const lists = (app: { serviceUsers: object }) => vi.spyOn(app.serviceUsers as { load: () => Promise<void> }, 'load');

  it('are imported one after the other, though some can’t be, and the lists are loaded now and then', async () => {
    const storing = vi.fn(async ({ review }: ImportRequest) => (review === 'key-500' ? fail('keychain-failed') : imported()));
    const { app, importing } = await sheet(many, { import: storing });
    const loaded = lists(app);
    expect(await importing.run(false)).toBe(true);
    expect([storing.mock.calls.length, importing.imported.length, importing.pending.map(({ id }) => id)]).toEqual([1000, 999, ['key-500']]);
    expect(loaded.mock.calls.length).toBeLessThan(60);
  });

  it('are stopped after the group that is under way, of which no more than one is tested', async () => {
    const storing = vi.fn(async () => {
      if (storing.mock.calls.length === 290) importing.stop();
      return imported();
    });
    const { core, importing } = await sheet(many, { import: storing });
    await importing.run(true);
    expect([storing.mock.calls.length, importing.stopped, importing.pending.length]).toEqual([300, true, 700]);
    expect(core.tryCredential.mock.calls.length).toBe(281);
  });

  it('don’t ask a keychain that takes nothing for each of them', async () => {
    const storing = vi.fn(async (): Promise<Imported> => fail('keychain-locked'));
    const { importing } = await sheet(many, { import: storing });
    await importing.run(true);
    expect([storing.mock.calls.length, importing.stopped, importing.pending.length]).toEqual([20, true, 1000]);
  });
});

describe('the sheet of several key files', () => {
  it('counts what it imports, says how many stay, and of which service user a further key is', async () => {
    const further = like(json, 'further', { key: other.facts!.key });
    const list = [json, further, pem, google];
    const related = { review: json.id, sameKey: false };
    const { app } = await sheet(list, { importPlan: planning(list, (item) => (item.review === 'further' ? { related } : foreign(true)(item))) });
    app.reviews.open = true;
    draw(app, ImportSheet, {});
    await waitFor(() => expect(screen.getByTestId('import-and-test').textContent).toContain('Import and test 2'));
    expect(screen.getByTestId('import-staying').textContent).toBe('2 files need your attention');
    const cards = screen.getAllByTestId('review');
    expect(within(cards[1]!).getByTestId('import-kin').textContent).toContain('deploy-bot.json');
    expect(cards[3]!.querySelector('[data-warning="foreign"]')?.textContent).toContain('stays here until the others are imported');
  });
});
