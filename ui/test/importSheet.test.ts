/** The import sheet: what is drawn, entered, pasted and confirmed. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, serviceUsers } from '../src/gallery/data';
import { reviewsOfKinds } from '../src/gallery/kinds';
import { date } from '../src/lib/format';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { Imported, Review } from '../src/lib/bindings';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import { open } from './support/importSheet';
import { STAGING, json, pem, sealed, certificate, credentialTest, detail, each, fail, imported, planning } from './support/importing';
import { draw, stateOf } from './support/page';

describe('the sheet', () => {
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
});
