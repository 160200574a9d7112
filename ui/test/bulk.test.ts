/** The import sheet's environment that is made on it, and its table of many files. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { environments } from '../src/gallery/data';
import type { Ipc } from '../src/lib/ipc';
import type { Environment, EnvironmentCheck, EnvironmentDraft, Review } from '../src/lib/bindings';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import { STAGING, certificate, credentialTest, detail, each, fail, imported, json, pem, planning, sealed } from './support/importing';
import { draw, stateOf } from './support/page';

/** Draws the sheet with some files in, on a page that has environments or not. */
async function open(list: Review[], change: Partial<Ipc> = {}, scene = 'users') {
  const app = await stateOf(scene, { importPlan: planning(list), ...change });
  draw(app, ImportSheet, {});
  app.reviews.receive({ reviews: list, problem: null });
  await screen.findByTestId('import-sheet');
  return app;
}

const checkOf = (host: string): EnvironmentCheck => ({ issuer: `https://${host}`, host, endpoints: [], asked: [], unconfirmedHosts: [], keys: 2, skewSeconds: 0, problems: [] });

/** A core in which what is imported works. */
const works: Partial<Ipc> = { import: each(async () => imported()), tryCredential: async () => credentialTest(), serviceUser: async () => detail('new'), userinfo: async () => fail('refused') };

describe('the environment on the sheet', () => {
  it('is made, checked and asked for its tier in one place, and Enter imports, tests and copies', async () => {
    const addEnvironment = vi.fn(async (draft: EnvironmentDraft) => ({ ...environments(false)[0]!.environment, ...draft, id: STAGING }) as Environment);
    const checkEnvironment = vi.fn(async () => checkOf('auth.acme.eu'));
    const copyToken = vi.fn(async () => fail('stopped'));
    await open([json], { addEnvironment, checkEnvironment, clipboardIssuer: async () => 'https://auth.acme.eu', copyToken, ...works });
    await userEvent.click(await screen.findByTestId('import-environment-new'));
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('place-issuer').value).toBe('https://auth.acme.eu'));
    // A token's word alone sends nothing anywhere.
    expect(checkEnvironment).not.toHaveBeenCalled();
    // Its tier can't be guessed, so it has the keyboard; nothing is imported without it.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('place-tier-development')));
    expect(screen.queryByTestId('import-and-test')).toBeNull();
    await userEvent.keyboard('{Enter}');
    expect(addEnvironment).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('place-tier-staging'));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(addEnvironment).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ issuer: 'https://auth.acme.eu', tier: 'staging' })));
    expect(checkEnvironment).toHaveBeenCalledOnce();
    await waitFor(() => expect(copyToken).toHaveBeenCalledOnce());
  });
});

describe('many files', () => {
  const many = (n: number): Review[] => Array.from({ length: n }, (_, i) => (i % 3 === 2 ? { ...certificate, id: `c${i}` } : { ...json, id: `k${i}`, source: { from: 'file', name: `key-${i}.json` } }));

  it('are a table with totals that filter, and few of a thousand are drawn', async () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    await open(many(1000));
    expect(await screen.findByTestId('import-table')).toBeTruthy();
    await waitFor(() => expect(screen.getByTestId('import-filter-unusable').textContent).toBe('333 can’t be imported'));
    expect(screen.getByTestId('import-filter-all').textContent).toBe('All 1,000');
    expect(screen.getAllByTestId('import-file').length).toBeLessThan(40);
    await userEvent.click(screen.getByTestId('import-filter-unusable'));
    expect(screen.getAllByTestId('import-file').every((file) => file.dataset['state'] === 'unusable')).toBe(true);
    expect(screen.queryByTestId('review')).toBeNull();
    await userEvent.click(within(screen.getAllByTestId('import-file')[0]!).getAllByRole('button')[0]!);
    expect(screen.getAllByTestId('review')).toHaveLength(1);
  });

  it('say before the import which are expired or imported already', async () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    const facts = json.facts!;
    const list = many(6);
    list[0] = { ...list[0]!, facts: { ...facts, expiresAt: '2020-01-01T00:00:00Z' } };
    list[1] = { ...list[1]!, facts: { ...facts, importedIn: ['Staging'] } };
    const app = await open(list);
    app.reviews.chooseEnvironment(STAGING);
    const told = () => screen.getAllByTestId('import-file').map((file) => file.querySelector('.chip')?.textContent?.trim());
    await waitFor(() => expect(told()).toEqual(['expired', 'already imported', 'can’t import', 'ready', 'ready', 'can’t import']));
    expect(screen.getByTestId('import-filter-ready').textContent).toBe('4 ready');
  });

  it('show the first that lacks something where none can be imported', async () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    const list = [...Array.from({ length: 4 }, (_, i) => ({ ...certificate, id: `c${i}` })), { ...pem, id: 'bare' }];
    const storing = vi.fn(works.import!);
    await open(list, { ...works, import: storing });
    await userEvent.selectOptions(await screen.findByTestId('import-environment'), STAGING);
    await userEvent.click(screen.getByTestId('import-filter-unusable'));
    await userEvent.click(within(screen.getAllByTestId('import-file')[0]!).getAllByRole('button')[0]!);
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-user-id')));
    expect(screen.getByTestId('review').dataset['review']).toBe('bare');
    expect(storing).not.toHaveBeenCalled();
  });

  it('hide the details of one that the filter hides', async () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    await open(many(6));
    await userEvent.click(within((await screen.findAllByTestId('import-file'))[0]!).getAllByRole('button')[0]!);
    expect(screen.getByTestId('review').dataset['review']).toBe('k0');
    await userEvent.click(screen.getByTestId('import-filter-unusable'));
    expect(screen.queryByTestId('review')).toBeNull();
  });

  it('count those that wait for a passphrase among those that need attention', async () => {
    const app = await open([...many(6), { ...sealed, id: 'sealed' }]);
    app.reviews.chooseEnvironment(STAGING);
    await waitFor(() => expect(screen.getByTestId('import-staying').textContent).toBe('1 file needs your attention'));
  });

  it('are not left by Esc without a question', async () => {
    const app = await open(many(6));
    await userEvent.keyboard('{Escape}');
    expect(await screen.findByTestId('confirm-discard')).toBeTruthy();
    expect(app.reviews.open).toBe(true);
  });

  it('have their originals deleted together', async () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    const deleteOriginal = vi.fn(async () => null);
    await open(many(6), { deleteOriginal, importPlan: planning(many(6)) });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.click(await screen.findByTestId('import-and-test'));
    await userEvent.click(await screen.findByTestId('import-delete-all'));
    await userEvent.click(await screen.findByTestId('confirm-delete-all'));
    await waitFor(() => expect(deleteOriginal).toHaveBeenCalledTimes(4));
  });
});
