/** The import sheet with what isn’t a private key alone: applications’ keys, secrets, ready-made tokens. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, token } from '../src/gallery/data';
import { besideOthers, reviewsOfKinds } from '../src/gallery/kinds';
import { Failure } from '../src/lib/ipc';
import { open } from './support/importSheet';
import { STAGING, pem, application, aloneSecret, aloneToken, each, imported, planning } from './support/importing';
import { watchScrolling } from './support/page';

const AT = '2026-07-01T12:00:00Z';

describe('the sheet', () => {
  it('shows every kind of credential with what its file names, and offers that to a new environment', async () => {
    await open(reviewsOfKinds().slice(0, 2), {}, 'first');
    const [first, second] = screen.getAllByTestId('review');
    expect(within(first!).getByTestId('import-introspects').textContent).toContain('It can’t mint');
    expect(first!.textContent).toContain('221440130021003264@orders');
    expect(second!.textContent).toContain('https://login.acme.example/realms/main');
    expect(second!.textContent).not.toContain('SHA-256');
    await userEvent.click(screen.getByTestId('import-environment-add'));
    expect((await screen.findByTestId<HTMLInputElement>('env-issuer')).value).toBe('https://login.acme.example/realms/main');
  });

  it('imports an application’s key without a word of testing', async () => {
    const mint = vi.fn(async () => token([]));
    await open([application], { mint });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    expect([screen.getByTestId('import-and-test').textContent?.trim(), screen.queryByTestId('import-only')]).toEqual(['Import', null]);
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(screen.getByTestId('import-result').getAttribute('data-tested')).toBe('introspects'));
    expect(mint).not.toHaveBeenCalled();
  });

  it('takes a client secret in a field that hides it, and forgets what was typed', async () => {
    const reviewSecret = vi.fn(async () => aloneSecret);
    await open([], { reviewSecret }, 'users', true);
    await userEvent.click(screen.getByTestId('import-form'));
    await userEvent.click(screen.getByTestId('import-kind-client-secret'));
    await userEvent.type(screen.getByTestId('import-client-id'), 'orders');
    const field = screen.getByTestId<HTMLInputElement>('import-secret');
    expect(field.type).toBe('password');
    await userEvent.type(field, 'hush{Enter}');
    expect((await screen.findByTestId('review')).querySelector('header p')?.textContent?.trim()).toBe('Client secret');
    expect(reviewSecret).toHaveBeenCalledExactlyOnceWith('client-secret', 'hush');
    expect(document.body.innerHTML).not.toContain('hush');
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('import-client-id').value).toBe('orders'));
  });

  it('has another secret entered where one was refused, with the ids that it had', async () => {
    const app = await open([], {}, 'users', true);
    app.reviews.enter(STAGING, { kind: 'client-secret', userId: 'u1', clientId: 'orders', keyId: '' });
    expect((await screen.findByTestId<HTMLInputElement>('import-client-id')).value).toBe('orders');
    expect(screen.getByTestId<HTMLInputElement>('import-kind-client-secret').checked).toBe(true);
    expect(app.reviews.toEnter).toBeNull();
    // Its ids are known, so it begins at the secret.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-secret')));
  });

  it('lets the core take a token from the clipboard', async () => {
    const reviewSecret = vi.fn(async () => aloneToken);
    await open([], { reviewSecret }, 'users', true);
    await userEvent.click(screen.getByTestId('import-form'));
    await userEvent.click(screen.getByTestId('import-kind-personal-token'));
    await userEvent.click(screen.getByTestId('import-secret-paste'));
    await screen.findByTestId('review');
    expect(reviewSecret).toHaveBeenCalledExactlyOnceWith('personal-token', null);
  });

  it('has no field that could take a private key', async () => {
    await open([pem]);
    await userEvent.click(screen.getByTestId('import-form'));
    expect(document.querySelectorAll('[data-testid="import-sheet"] textarea')).toHaveLength(0);
    expect(screen.getByText(/keys never enter this window/)).toBeTruthy();
  });

  it('offers a secret the place of one that was refused, says when that was, and what became of it', async () => {
    const storing = vi.fn(async () => imported({ newServiceUser: false, replaced: 'removed' }));
    await open([aloneSecret], { import: each(storing), importPlan: planning([aloneSecret], besideOthers) });
    expect(screen.queryByTestId('import-beside')).toBeNull();
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.type(screen.getByTestId('import-client-id'), 'orders');
    const choice = await screen.findByRole('radiogroup', { name: 'A client secret with this client id already exists' });
    const replace = within(choice).getByRole<HTMLInputElement>('radio', { name: 'Replace it' });
    expect(replace.checked).toBe(true);
    const said = document.getElementById(replace.getAttribute('aria-describedby')!)?.textContent;
    expect(said).toMatch(/^Imported on .+, last worked on .+\. Its last use, on .+, was refused\.$/);
    await userEvent.click(screen.getByTestId('import-only'));
    expect((await screen.findByTestId('import-replaced')).textContent).toContain('Removed the earlier one from the keychain.');
    expect(storing).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ replaces: 's1' }));
  });

  it('folds away a secret that gave its place to a later one, shows what came of that and copies its token', async () => {
    const shown = watchScrolling();
    const refusal = new Failure(problem('refused', 'it is refused', 'import another', { next: 'import-key' }));
    const [first, second] = [{ ...aloneSecret, id: 'first', source: { from: 'file' as const, name: 'orders.json' } }, { ...aloneSecret, id: 'second' }];
    const earlierOne = { credential: 'first', importedAt: AT, lastUsedAt: null, refusedAt: AT };
    await open([first], {
      importPlan: planning([first, second], ({ review }) => (review === 'second' ? { existing: [earlierOne], replaces: 'first' } : {})),
      reviewSecret: async () => second,
      import: each(async ({ review, replaces }) => imported({ kind: 'client-secret', credential: review, newServiceUser: replaces === null, replaced: replaces === null ? 'nothing' : 'removed' })),
      tryCredential: async (credential) => {
        if (credential === 'first') throw refusal;
        return { token: token([]), userinfo: null, isDefault: true };
      },
    });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.type(screen.getByTestId('import-client-id'), 'orders');
    await userEvent.click(screen.getByTestId('import-and-test'));
    await userEvent.click(await screen.findByTestId('problem-next'));
    await userEvent.type(await screen.findByTestId('import-secret'), 'right{Enter}');
    // What is to be decided is in sight with what it is about.
    const beside = await screen.findByTestId('import-beside');
    await waitFor(() => expect(shown.mock.contexts).toContain(beside));
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-copy')));
    const [earlier, later] = screen.getAllByTestId('review');
    const folded = within(earlier!).getByTestId('import-superseded');
    expect(folded.textContent.trim()).toBe('orders.json · Replaced by a client secret imported later');
    // Its file still holds a secret.
    expect(within(earlier!).getByTestId('delete-original')).toBeTruthy();
    expect(within(later!).getByTestId('import-result').dataset['tested']).toBe('minted');
    expect(screen.queryByTestId('problem')).toBeNull();
    // Last of all comes the result, in case the file is taller than the sheet.
    expect(shown.mock.contexts.slice(-2)).toEqual([later, within(later!).getByTestId('import-result')]);
  });

  it('keeps both where that was chosen', async () => {
    const storing = vi.fn(async () => imported({ newServiceUser: false }));
    await open([aloneSecret], { import: each(storing), importPlan: planning([aloneSecret], besideOthers) });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.type(screen.getByTestId('import-client-id'), 'orders');
    await userEvent.click(await screen.findByRole('radio', { name: 'Keep both' }));
    await userEvent.click(screen.getByTestId('import-only'));
    await screen.findByTestId('import-result');
    expect(storing).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ replaces: null }));
    expect(screen.queryByTestId('import-replaced')).toBeNull();
  });
});
