/** The import sheet: what is drawn, entered, pasted and confirmed. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, serviceUsers, token } from '../src/gallery/data';
import { besideOthers, reviewsOfKinds } from '../src/gallery/kinds';
import { date } from '../src/lib/format';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { Imported, Review } from '../src/lib/bindings';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import { STAGING, json, pem, sealed, certificate, application, aloneSecret, aloneToken, credentialTest, detail, each, fail, imported, planning } from './support/importing';
import { draw, stateOf, watchScrolling } from './support/page';

const AT = '2026-07-01T12:00:00Z';

describe('the sheet', () => {
  /** Draws the sheet with some files in, on a page that has environments or not. */
  async function open(list: Review[], change: Partial<Ipc> = {}, scene = 'users', empty = false) {
    const app = await stateOf(scene, list.length > 0 ? { importPlan: planning(list), ...change } : change);
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: list, problem: null });
    if (empty) await screen.findByTestId('import-form');
    else await screen.findAllByTestId('review');
    // What is asked for comes with the core's plan.
    const planned = list.filter((review) => review.facts !== null).length;
    await waitFor(() => expect(screen.queryAllByTestId(/^import-(name|kin)$/).length).toBe(planned));
    return app;
  }

  it('shows one card a file, each with what it is or what is wrong', async () => {
    await open([json, pem, sealed, certificate]);
    const cards = screen.getAllByTestId('review');
    expect(cards.map((card) => card.getAttribute('data-code'))).toEqual([null, null, 'passphrase-needed', 'wrong-kind']);
    expect(cards[0]!.textContent).toContain('Other users of this computer can read the file.');
    expect(cards[1]!.textContent).toContain('This key is already in Staging.');
    expect(within(cards[3]!).getByTestId('problem').textContent).toContain('Choose the private key that belongs to it.');
  });

  it('says that a file is other servers’ than the chosen environment follows', async () => {
    const list = [json, reviewsOfKinds()[2]!];
    const app = await open(list, { importPlan: planning(list, ({ review }) => (review === 'box' ? { foreign: true, waits: true } : {})) });
    app.reviews.chooseEnvironment(STAGING);
    await waitFor(() => expect(document.querySelectorAll('[data-warning="foreign"]').length).toBe(1));
    const cards = screen.getAllByTestId('review');
    expect(cards[1]!.textContent).toContain('Application settings (Box)');
    expect(cards[1]!.textContent).toContain('This isn’t a ZITADEL (self-hosted) key file, but Staging uses ZITADEL (self-hosted).');
  });

  it('says of a key that is here that nothing is added, or of another that it is, never both', async () => {
    const owner = { name: 'deploy-bot', credentials: 1 };
    const second = { ...json, id: 'second', facts: { ...json.facts!, importedIn: [] } };
    const here = { ...json, facts: { ...json.facts!, importedIn: ['Staging'] } };
    const list = [here, second];
    const related = { review: second.id, sameKey: false };
    const app = await stateOf('users', { importPlan: planning(list, ({ review }) => (review === second.id ? { owner } : { owner, related })) });
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: list, problem: null });
    app.reviews.chooseEnvironment(STAGING);
    const [adds, added] = ['only adds missing details', 'adds another'];
    const says = () => screen.getAllByTestId('review').map((card) => [adds, added, 'added as another'].map((words) => card.textContent!.includes(words!)));
    await waitFor(() => expect(says()).toEqual([[true, false, false], [false, true, false]]));
  });

  it('imports at the first press into the environment that was proposed', async () => {
    const storing = vi.fn(async () => imported());
    await open([json], { importPlan: (request) => planning([json])({ ...request, environment: request.environment ?? STAGING }), import: each(storing) });
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('import-environment').value).toBe(STAGING));
    await userEvent.click(await screen.findByTestId('import-only'));
    await waitFor(() => expect(storing).toHaveBeenCalledTimes(1));
  });

  it('says which environments refuse a key that is another service user’s there', async () => {
    await open([{ ...json, facts: { ...json.facts!, knownOtherwiseIn: ['Local', 'Staging'] } }]);
    expect(screen.getByTestId('review').textContent).toContain('so you can’t import it into Local or Staging again.');
  });

  it('writes the date in a warning as the page writes dates', async () => {
    const at = '2026-09-30T12:00:00Z';
    const warnings = [{ code: 'key-expired', message: 'This key expired on 30 September 2026 at 12:00 UTC', dated: { before: 'This key expired on', at, after: '' } }];
    await open([{ ...json, facts: { ...json.facts!, warnings } }]);
    expect(document.querySelector('[data-warning="key-expired"]')?.textContent).toBe(`This key expired on ${date(at)}.`);
  });

  it('imports with Enter once the environment is chosen, and says what happened', async () => {
    await open([json]);
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    screen.getByTestId('import-and-test').focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('import-result').getAttribute('data-tested')).toBe('minted'));
    expect(screen.getByTestId('import-result').textContent).toContain('Imported deploy-bot into Staging.');
    await screen.findByText('Minted a token, valid for 55 min.');
    // Its token is copied already.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-done')));
  });

  it('asks before Esc takes away what was entered, and before nothing else', async () => {
    const app = await open([pem]);
    await userEvent.type(screen.getByTestId('import-user-id'), '17');
    await userEvent.keyboard('{Escape}');
    await userEvent.click((await screen.findAllByRole('button', { name: 'Keep editing' }))[0]!);
    await waitFor(() => expect(screen.queryByTestId('confirm-discard')).toBeNull());
    expect(screen.getByTestId<HTMLInputElement>('import-user-id').value).toBe('17');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(await screen.findByTestId('confirm-discard'));
    await waitFor(() => expect(app.reviews.open).toBe(false));
    app.reviews.receive({ reviews: [pem], problem: null });
    expect((await screen.findByTestId<HTMLInputElement>('import-user-id')).value).toBe('');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(app.reviews.open).toBe(false));
    expect(screen.queryByTestId('confirm-discard')).toBeNull();
  });

  it('lets a file that nobody knows be described, and reads it by that', async () => {
    const unknown: Review = { ...certificate, problem: problem('json-unknown', 'nobody knows it', 'describe it', { next: 'describe-file' }) };
    const readAgain = vi.fn(async (id: string): Promise<Review> => ({ ...json, id }));
    const app = await open([unknown], { describedKeyFileText: async (id) => `id = "of-${id}"`, readAgain });
    await userEvent.click(screen.getByTestId('problem-next'));
    await waitFor(() => expect(app.profiles.opened).toMatchObject({ origin: 'draft', text: `id = "of-${unknown.id}"` }));
    app.profiles.close();
    expect(readAgain).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('problem-next'));
    await waitFor(() => expect(app.profiles.opened).not.toBeNull());
    app.profiles.close(app.environments.providers[0]);
    await waitFor(() => expect(screen.getByTestId('review').textContent).toContain('ZITADEL'));
    expect(readAgain).toHaveBeenCalledExactlyOnceWith(unknown.id);
  });

  it('says why a file cannot be described', async () => {
    const unknown: Review = { ...certificate, problem: problem('json-unknown', 'nobody knows it', 'describe it', { next: 'describe-file' }) };
    await open([unknown], { describedKeyFileText: async () => fail('review-gone') });
    await userEvent.click(screen.getByTestId('problem-next'));
    await waitFor(() => expect(document.querySelector('[data-code="review-gone"]')).not.toBeNull());
  });

  it('points out the environment that is missing', async () => {
    await open([json]);
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-environment')));
    expect(screen.getByText('Choose the environment this key belongs to.')).toBeTruthy();
  });

  it('points out ids that the file does not hold', async () => {
    await open([pem]);
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.type(screen.getByTestId('import-user-id'), '17');
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-key-id')));
    expect(screen.queryByTestId('import-result')).toBeNull();
  });

  it('makes the first environment on the way, and comes back with it chosen', async () => {
    await open([json], {}, 'first');
    await userEvent.type(await screen.findByTestId('place-issuer'), 'https://auth.example.com');
    await userEvent.click(screen.getByTestId('import-environment-add'));
    expect((await screen.findByTestId<HTMLInputElement>('env-issuer')).value).toBe('https://auth.example.com');
    await userEvent.click(screen.getByTestId('env-tier-development'));
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('import-environment').selectedOptions[0]?.textContent).toBe('auth.example.com · Development'));
    expect(screen.getByTestId('import-and-test')).toBeTruthy();
  });

  it.each([
    ['a key', async () => userEvent.keyboard('{Control>}2{/Control}')],
    ['a button', async () => userEvent.click(screen.getByTestId('import-as-staging'))],
  ])('asks for the tier that an address doesn’t say with the button that imports: %s', async (_, choose) => {
    const addEnvironment = vi.fn<Ipc['addEnvironment']>(async () => fail('name-taken'));
    const checkEnvironment: Ipc['checkEnvironment'] = async ({ issuer }) => ({ issuer, host: 'auth.acme.com', endpoints: [], asked: [], unconfirmedHosts: [], keys: 1, skewSeconds: 0, problems: [] });
    await open([json], { addEnvironment, checkEnvironment }, 'first');
    await userEvent.type(await screen.findByTestId('place-issuer'), 'https://auth.acme.com');
    expect(screen.queryByTestId('import-and-test')).toBeNull();
    // Enter, however often it is pressed, chooses none.
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('place-tier-development')));
    await userEvent.keyboard('{Enter}{Enter}');
    expect(addEnvironment).not.toHaveBeenCalled();
    await choose();
    await waitFor(() => expect(addEnvironment).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ tier: 'staging', issuer: 'https://auth.acme.com' })));
    // What was chosen is shown, and kept for another try.
    expect(screen.getByTestId<HTMLInputElement>('place-tier-staging').checked).toBe(true);
    expect(screen.getByTestId('import-and-test')).toBeTruthy();
  });

  it('opens an encrypted key with its passphrase, and keeps asking after a wrong one', async () => {
    const unseal = vi.fn(async (id: string, passphrase: string) => (passphrase === 'right' ? { ...json, id, source: sealed.source } : fail('passphrase-wrong')));
    await open([json, pem, sealed, certificate], { unseal });
    await userEvent.type(screen.getByTestId('import-passphrase'), 'wrong{Enter}');
    expect((await screen.findByText('It is passphrase-wrong.')).getAttribute('role')).toBe('alert');
    await userEvent.clear(screen.getByTestId('import-passphrase'));
    await userEvent.type(screen.getByTestId('import-passphrase'), 'right{Enter}');
    await waitFor(() => expect(screen.queryByTestId('import-passphrase')).toBeNull());
    expect(screen.queryByTestId('import-result')).toBeNull();
    expect(screen.getAllByTestId('review').map((card) => within(card).queryAllByTestId(/^import-(name|kin)$/).length)).toEqual([1, 1, 1, 0]);
  });

  it('goes on with what an opened key lacks', async () => {
    await open([sealed], { unseal: async (id) => ({ ...pem, id, source: sealed.source }), importPlan: planning([{ ...pem, id: sealed.id }]) });
    await userEvent.type(screen.getByTestId('import-passphrase'), 'right{Enter}');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-user-id')));
  });

  it('has the keyboard on the environment that New… begins, whatever the file lacks', async () => {
    await open([pem], { clipboardIssuer: async () => null });
    await userEvent.click(await screen.findByTestId('import-environment-new'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('place-issuer')));
  });

  it('offers the token where a failed test succeeds once the environment was changed', async () => {
    let tries = 0;
    const refused = problem('tls-failed', 'no encrypted connection', 'Check the port', { next: 'edit-environment' });
    const app = await open([json], { import: each(async () => imported()), tryCredential: async () => ((tries += 1) === 1 ? Promise.reject(new Failure(refused)) : credentialTest()), serviceUser: async () => detail('new'), userinfo: async () => fail('refused') });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.click(screen.getByTestId('import-and-test'));
    vi.spyOn(app.environments, 'correct').mockImplementation(async (environment) => environment);
    await userEvent.click(await screen.findByTestId('problem-next'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-copy')));
  });

  it('deletes the original only after a second yes, and says what that means', async () => {
    const deleteOriginal = vi.fn(async () => null);
    await open([json], { deleteOriginal });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.click(screen.getByTestId('import-only'));
    await userEvent.click(await screen.findByTestId('delete-original'));
    expect(screen.getByText('Delete deploy-bot.json in /home/kim/Downloads?')).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByTestId('delete-original-keep'));
    expect(deleteOriginal).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('delete-original-confirm'));
    await screen.findByText(/Deleted deploy-bot\.json\. It may still be recoverable/);
    expect(deleteOriginal).toHaveBeenCalledExactlyOnceWith('r1');
  });

  it('shows why a file could not be stored, and leaves its fields as they were', async () => {
    const storing = vi.fn(async (): Promise<Imported> => {
      throw new Failure(problem('keychain-locked', 'the keychain is locked', 'Unlock it', { next: 'unlock-keychain' }));
    });
    await open([json], { import: each(storing) });
    await userEvent.selectOptions(screen.getByTestId('import-environment'), STAGING);
    await userEvent.clear(screen.getByTestId('import-name'));
    await userEvent.type(screen.getByTestId('import-name'), 'mine');
    await userEvent.click(screen.getByTestId('import-and-test'));
    expect(within(await screen.findByTestId('import-result')).getByTestId('problem').getAttribute('data-code')).toBe('keychain-locked');
    expect(screen.getByTestId<HTMLInputElement>('import-name').value).toBe('mine');
    storing.mockImplementation(async () => imported({ serviceUser: serviceUsers(STAGING, 0)[0]!.id }));
    await userEvent.click(screen.getByTestId('problem-next'));
    await waitFor(() => expect(screen.getByTestId('import-result').getAttribute('data-tested')).toBe('minted'));
    expect(storing).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'mine' }));
  });

  it('takes Ctrl+V as a request to read the clipboard, but not from a field', async () => {
    const reviewClipboard = vi.fn(async () => ({ ...json, id: 'pasted', source: { from: 'paste' as const } }));
    const app = await open([json], { reviewClipboard });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-environment')));
    await userEvent.click(screen.getByTestId('import-name'));
    await userEvent.keyboard('{Control>}v{/Control}');
    expect(reviewClipboard).not.toHaveBeenCalled();
    screen.getByTestId('import-and-test').focus();
    await userEvent.keyboard('{Control>}v{/Control}');
    await waitFor(() => expect(screen.getAllByTestId('review')).toHaveLength(2));
    await app.reviews.close();
    app.navigation.place = { kind: 'inspector' };
    await userEvent.keyboard('{Control>}v{/Control}');
    expect(reviewClipboard).toHaveBeenCalledOnce();
  });

  it.each([
    ['a key file', '{"type":"serviceaccount","key":"-----BEGIN RSA PRIVATE KEY-----\\nMII"}', true],
    ['PEM', '-----BEGIN PRIVATE KEY-----\nMII', true],
    ['a JWK', '{"kty":"RSA","d":"abc"}', true],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMII', false],
    ['a public JWK', '{"kty":"RSA","n":"abc"}', false],
  ])('keeps %s out of any field where it holds a private key, and has the core take it in', async (_, text, kept) => {
    const reviewClipboard = vi.fn(async () => ({ ...json, id: 'pasted', source: { from: 'paste' as const } }));
    await open([json], { reviewClipboard });
    const field = screen.getByTestId<HTMLInputElement>('import-name');
    await userEvent.clear(field);
    await userEvent.click(field);
    await userEvent.paste(text);
    expect(field.value === '').toBe(kept);
    expect(reviewClipboard).toHaveBeenCalledTimes(kept ? 1 : 0);
  });

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
