/** The files that keys were imported from: they go only once their key works, or where the user asks about one. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ipc, type Ipc } from '../src/lib/ipc';
import type { Review, Source } from '../src/lib/bindings';
import CredentialCard from '../src/views/detail/CredentialCard.svelte';
import { PRODUCTION, aloneSecret, application, fail, json, sheet, type Change } from './support/importing';
import { draw, stateOf } from './support/page';

/** Imports one file that is to be deleted afterwards; the reply tells what was deleted. */
async function imported(review: Review, test: boolean, change: Change = {}) {
  const deleteOriginal = vi.fn(async () => null);
  const found = await sheet([review], { deleteOriginal, ...change });
  found.item(review).deletesOriginal = true;
  return { ...found, deleteOriginal, run: () => found.importing.run(test) };
}

describe('the original file', () => {
  it.each([
    ['once its key has given a token', json, true, {}, 1],
    ['not without a test', json, false, {}, 0],
    ['not after a refusal', json, true, { tryCredential: async () => fail('refused') }, 0],
    ['not where the test never reached the server', json, true, { tryCredential: async () => fail('unreachable') }, 0],
    ['not where nothing was stored', json, true, { import: async () => fail('keychain-locked') }, 0],
    ['of an application, which mints nothing', application, true, {}, 1],
  ] as [string, Review, boolean, Change, number][])('is deleted %s', async (_, review, test, change, times) => {
    const { deleteOriginal, importing, run } = await imported(review, test, change);
    await run();
    expect(deleteOriginal).toHaveBeenCalledTimes(times);
    // Nor is it among those that go together.
    expect(importing.originals.left).toEqual([]);
  });

  it('stays where production wasn’t confirmed', async () => {
    const { app, deleteOriginal, run } = await imported(json, true, { tryCredential: async () => fail('production-unconfirmed') });
    app.reviews.chooseEnvironment(PRODUCTION);
    const running = run();
    await vi.waitFor(() => expect(app.production.question?.environment).toBeTruthy());
    app.production.question!.answer(false);
    await running;
    expect(deleteOriginal).not.toHaveBeenCalled();
  });

  it('goes when a test that came later succeeds, and once', async () => {
    const { deleteOriginal, importing, run } = await imported(json, false);
    await run();
    for (let again = 0; again < 2; again += 1) await importing.test(json);
    expect(deleteOriginal).toHaveBeenCalledExactlyOnceWith(json.id);
  });

  it('is offered together with others only where its key works', async () => {
    const second = { ...json, id: 'second' };
    const tryCredential = vi.fn(async () => fail('refused'));
    const { importing } = await sheet([json, second], { tryCredential });
    await importing.run(true);
    expect(importing.originals.left).toEqual([]);
  });

  it('is only a file’s', async () => {
    const { item, importing } = await sheet([aloneSecret]);
    item(aloneSecret).clientId = 'orders';
    await importing.run(true);
    expect(importing.originals.left).toEqual([]);
  });
});

describe('the card of a credential', () => {
  async function card(source: Source, change: Partial<Ipc> = {}) {
    const app = await stateOf('users', { original: async () => null, ...change });
    await app.serviceUsers.load('00000000-0000-4000-8000-000000000002');
    const data = await ipc.serviceUser(app.serviceUsers.rows[0]!.id);
    draw(app, CredentialCard, { credential: { ...data.credentials[0]!, source }, data });
    await screen.findByTestId('credential');
  }

  it('finds a file whose place it doesn’t know', async () => {
    await card({ from: 'file', name: 'deploy-bot.json' });
    expect(await screen.findByTestId('choose-original')).toBeTruthy();
  });

  it('offers nothing once Mintage deleted the file, and says so', async () => {
    await card({ from: 'deleted-file', name: 'deploy-bot.json' });
    expect(screen.getByTestId('credential').textContent).toContain('file deploy-bot.json, deleted after the import');
    expect([screen.queryByTestId('choose-original'), screen.queryByTestId('delete-original')]).toEqual([null, null]);
  });

  it('offers a copy that was imported again since', async () => {
    await card({ from: 'deleted-file', name: 'deploy-bot.json' }, { original: async () => ({ name: 'copy.json', folder: null }) });
    await userEvent.click(await screen.findByTestId('delete-original'));
    await waitFor(() => expect(screen.getByRole('group', { name: 'Delete copy.json?' })).toBeTruthy());
  });
});
