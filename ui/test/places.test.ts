/** Where what comes in goes: pasted into the sheet, into the demo, into an environment that is made on the way. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { environments, problem } from '../src/gallery/data';
import { Failure, ipc, type Ipc } from '../src/lib/ipc';
import type { AppState } from '../src/lib/app.svelte';
import type { Environment, EnvironmentCheck, EnvironmentDraft, EnvironmentOverview, Pasted, Review } from '../src/lib/bindings';
import { strings } from '../src/lib/strings';
import { userCommands } from '../src/views/commands/users';
import CredentialsTab from '../src/views/detail/CredentialsTab.svelte';
import ImportSheet from '../src/views/import/ImportSheet.svelte';
import FirstRun from '../src/views/shell/FirstRun.svelte';
import { STAGING, credentialTest, each, fail, imported, json, pem, planning, sheet } from './support/importing';
import { draw, stateOf } from './support/page';

const TOKEN: Pasted = { kind: 'token' };
const ADDRESS: Pasted = { kind: 'issuer', issuer: 'https://acme.okta.com/oauth2/default' };

/** Draws the empty sheet, or the first run in its place. */
async function empty(view: 'sheet' | 'first run', pasted: Pasted): Promise<AppState> {
  const app = await stateOf(view === 'sheet' ? 'users' : 'first', { paste: async () => pasted });
  if (view === 'first run') {
    draw(app, FirstRun, {});
    await userEvent.click(await screen.findByTestId('paste'));
    return app;
  }
  draw(app, ImportSheet, {});
  app.reviews.show();
  await userEvent.click(await screen.findByTestId('import-paste'));
  return app;
}

describe.each(['sheet', 'first run'] as const)('pasting into the empty %s', (view) => {
  it('opens a token in the Inspector', async () => {
    const app = await empty(view, TOKEN);
    await waitFor(() => expect(app.navigation.place).toEqual({ kind: 'inspector', action: 'pasted' }));
    expect(app.reviews.open).toBe(false);
  });

  it('makes an address an environment', async () => {
    const app = await empty(view, ADDRESS);
    expect((await screen.findByTestId<HTMLInputElement>('env-issuer')).value).toBe('https://acme.okta.com/oauth2/default');
    expect(app.reviews.open).toBe(false);
  });

  it('reviews a key', async () => {
    const app = await empty(view, { kind: 'key', review: json });
    await waitFor(() => expect(app.reviews.list).toEqual([json]));
    expect(app.reviews.open).toBe(true);
  });
});

describe('pasting into a sheet that holds something', () => {
  const reviewClipboard = () => vi.fn(async () => ({ ...pem, id: 'pasted', source: { from: 'paste' as const } }));

  it('reviews it beside the files', async () => {
    const reviewed = reviewClipboard();
    const { app, importing } = await sheet([json], { reviewClipboard: reviewed, paste: async () => TOKEN });
    await importing.bring('paste');
    expect([reviewed.mock.calls.length, app.reviews.list.length, app.reviews.open]).toEqual([1, 2, true]);
  });

  it('completes the values that are entered by hand', async () => {
    const { importing, item } = await sheet([], { reviewClipboard: reviewClipboard(), paste: async () => TOKEN });
    importing.byHand = { kind: 'private-key', userId: '17', clientId: '', keyId: '18' };
    await importing.bring('paste');
    expect(item({ ...pem, id: 'pasted' }).userId).toBe('17');
  });

  it('clears the key that was stored, and no other', async () => {
    const pasted = { ...json, id: 'pasted', source: { from: 'paste' as const } };
    const { core, importing } = await sheet([pasted, { ...json, id: 'file' }]);
    await importing.run(false);
    expect(core.clearPasted).toHaveBeenCalledExactlyOnceWith('pasted');
  });
});

describe('the sheet', () => {
  /** Begins an import that goes on when `finish` is called. */
  async function running() {
    let finish: (value: ReturnType<typeof imported>) => void = () => undefined;
    const storing = vi.fn(() => new Promise<ReturnType<typeof imported>>((done) => (finish = done)));
    const found = await sheet([json, { ...json, id: 'second' }], { import: storing });
    const run = found.importing.run(false);
    await vi.waitFor(() => expect(storing).toHaveBeenCalledOnce());
    return { ...found, storing, finish: () => (finish(imported()), run) };
  }

  it('that was closed during an import finishes one file, and the next sheet hears nothing of it', async () => {
    const { app, importing, storing, finish } = await running();
    await importing.close();
    await finish();
    app.reviews.receive({ reviews: [pem], problem: null });
    expect([storing.mock.calls.length, importing.stopped, importing.progress]).toEqual([1, false, null]);
  });

  it('that opens before the file is finished doesn’t say that it was stopped', async () => {
    const { app, importing, storing, finish } = await running();
    await importing.close();
    app.reviews.receive({ reviews: [pem], problem: null });
    await finish();
    expect([storing.mock.calls.length, importing.stopped, importing.pending]).toEqual([1, false, [pem]]);
  });

  it('says so where it was stopped', async () => {
    const { importing, finish } = await running();
    importing.stop();
    await finish();
    expect(importing.stopped).toBe(true);
  });
});

describe('the demo', () => {
  async function demo() {
    const app = await stateOf('demo');
    const { environment } = app.environments.list[0]!;
    await app.go({ kind: 'users', of: environment.id });
    return { app, environment, row: app.serviceUsers.rows[0]! };
  }

  it('is never where a key goes', async () => {
    const { app, environment } = await demo();
    app.reviews.show(environment.id);
    expect([app.reviews.environment, app.reviews.chosen, app.reviews.lookedAt]).toEqual([null, false, null]);
    app.reviews.enter(environment.id, { kind: 'client-secret', userId: '1', clientId: '', keyId: '' });
    expect(app.reviews.environment).toBeNull();
  });

  it('offers no import of another credential', async () => {
    const { app, row } = await demo();
    expect(userCommands(app, row).change.map(({ id }) => id)).not.toContain('import-another');
    draw(app, CredentialsTab, { data: await ipc.serviceUser(row.id) });
    await screen.findAllByTestId('credential');
    expect(screen.queryByTestId('add-credential')).toBeNull();
  });
});

describe('an environment that only a token on the clipboard names', () => {
  const check = (change: Partial<EnvironmentCheck> = {}): EnvironmentCheck => ({ issuer: 'https://auth.dev.acme.com', host: 'auth.dev.acme.com', endpoints: [], asked: [], unconfirmedHosts: [], keys: 2, skewSeconds: 0, problems: [], ...change });

  async function open(answer: () => Promise<EnvironmentCheck> = async () => check(), file: Review = json) {
    const saved: EnvironmentOverview[] = [];
    const add = async (draft: EnvironmentDraft) => {
      const environment = { ...environments(false)[0]!.environment, ...draft, id: STAGING } as Environment;
      saved.push({ environment, host: 'auth.dev.acme.com', serviceUsers: 0, expiring: 0, troubled: false });
      return environment;
    };
    const core = { addEnvironment: vi.fn(add), checkEnvironment: vi.fn(answer), import: vi.fn(each(async () => imported())) };
    const works: Partial<Ipc> = { importPlan: planning([file]), tryCredential: async () => credentialTest(), clipboardIssuer: async () => 'https://auth.dev.acme.com', environments: async () => [...saved] };
    const app = await stateOf('first', { ...works, ...core });
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: [file], problem: null });
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('place-issuer').value).toBe('https://auth.dev.acme.com'));
    const lacks = file.facts?.keyId === null;
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId(lacks ? 'import-user-id' : 'import-and-test')));
    return core;
  }

  it('is contacted when the user checks it', async () => {
    const core = await open();
    expect([core.checkEnvironment.mock.calls.length, screen.getByTestId('place-check').dataset['state']]).toEqual([0, 'none']);
    await userEvent.click(screen.getByTestId('place-check-now'));
    await waitFor(() => expect(screen.getByTestId('place-check').dataset['state']).toBe('fine'));
    expect(core.checkEnvironment).toHaveBeenCalledOnce();
  });

  it('is contacted when the user imports, and then its key is', async () => {
    const core = await open();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(core.import).toHaveBeenCalledOnce());
    expect([core.checkEnvironment.mock.calls.length, core.addEnvironment.mock.calls.length]).toEqual([1, 1]);
  });

  it('keeps the key out where it doesn’t answer, until the user imports again', async () => {
    const core = await open(() => Promise.reject(new Failure(problem('unreachable', 'couldn’t reach `auth.dev.acme.com`', 'Check the address'))));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('place-check').dataset['state']).toBe('failed'));
    expect([core.addEnvironment.mock.calls.length, core.import.mock.calls.length]).toEqual([0, 0]);
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(core.import).toHaveBeenCalledOnce());
  });

  it('isn’t made before the key’s ids are entered', async () => {
    const core = await open(undefined, pem);
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('import-user-id')));
    expect(screen.getByTestId('import-key-id').getAttribute('aria-invalid')).toBe('true');
    expect([core.checkEnvironment.mock.calls.length, core.addEnvironment.mock.calls.length]).toEqual([0, 0]);
    await userEvent.type(screen.getByTestId('import-user-id'), '17');
    await userEvent.type(screen.getByTestId('import-key-id'), '18');
    await userEvent.click(screen.getByTestId('import-and-test'));
    await waitFor(() => expect(core.import).toHaveBeenCalledOnce());
    expect(core.addEnvironment).toHaveBeenCalledOnce();
  });

  it('isn’t proposed where there is such an environment', async () => {
    const clipboardIssuer = vi.fn(async () => 'https://auth.dev.acme.com');
    const proposeEnvironment = vi.fn(async () => ({ name: '', tier: null, provider: 'zitadel', plainHttp: null, sameIssuer: 'Development' }));
    const app = await stateOf('first', { importPlan: planning([json]), clipboardIssuer, proposeEnvironment });
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: [json], problem: null });
    await waitFor(() => expect(proposeEnvironment).toHaveBeenLastCalledWith(expect.objectContaining({ issuer: '' })));
    expect(clipboardIssuer).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('place-issuer').value).toBe(''));
  });

  it('asks for another host that its server names before anything is stored', async () => {
    const core = await open(async () => check({ unconfirmedHosts: ['keys.example.net'] }));
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByTestId('place-confirm-host')).toBeTruthy();
    expect([core.addEnvironment.mock.calls.length, core.import.mock.calls.length]).toEqual([0, 0]);
  });
});

describe('an address that is typed while one is looked for', () => {
  it('stays as it is typed, with the keyboard in it', async () => {
    let answer: (issuer: string | null) => void = () => undefined;
    const clipboardIssuer = () => new Promise<string | null>((done) => (answer = done));
    const checkEnvironment = vi.fn(async () => fail('unreachable'));
    const app = await stateOf('first', { importPlan: planning([json]), clipboardIssuer, checkEnvironment });
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: [json], problem: null });
    const field = await screen.findByTestId<HTMLInputElement>('place-issuer');
    await waitFor(() => expect(document.activeElement).toBe(field));
    await userEvent.keyboard('ht');
    answer('https://auth.dev.acme.com');
    // Its address is proposed by nobody, so what follows from it comes from typing alone.
    await vi.waitFor(() => expect(screen.getByTestId('place-provider').getAttribute('data-value')).toBeTruthy());
    expect(document.activeElement).toBe(field);
    await userEvent.keyboard('tps://auth.example.com');
    expect(field.value).toBe('https://auth.example.com');
    await waitFor(() => expect(checkEnvironment).toHaveBeenLastCalledWith(expect.objectContaining({ issuer: 'https://auth.example.com' })));
  });
});

describe('an address on this computer', () => {
  it('that answers to plain http alone is tried so with one press', async () => {
    const checkEnvironment = vi.fn(async ({ issuer }: EnvironmentDraft): Promise<EnvironmentCheck> => {
      if (!issuer.startsWith('http:')) throw new Failure(problem('tls-failed', 'couldn’t connect securely to `127.0.0.1`', 'Try plain http'));
      return { issuer, host: '127.0.0.1:18080', endpoints: [], asked: [], unconfirmedHosts: [], keys: 1, skewSeconds: 0, problems: [] };
    });
    const addEnvironment = vi.fn(async () => environments(false)[0]!.environment);
    const app = await stateOf('first', { importPlan: planning([json]), checkEnvironment, addEnvironment });
    draw(app, ImportSheet, {});
    app.reviews.receive({ reviews: [json], problem: null });
    await userEvent.type(await screen.findByTestId('place-issuer'), '127.0.0.1:18080{Enter}');
    expect((await screen.findByTestId('place-anyway')).textContent).toBe(strings.importing.place.anyway);
    expect(addEnvironment).not.toHaveBeenCalled();
    const button = await screen.findByTestId('place-try-http');
    expect(button.textContent).toContain('http://127.0.0.1:18080');
    await userEvent.click(button);
    await waitFor(() => expect(screen.getByTestId('place-check').dataset['state']).toBe('fine'));
    expect(screen.getByTestId<HTMLInputElement>('place-issuer').value).toBe('http://127.0.0.1:18080');
    await waitFor(() => expect(screen.queryByTestId('place-try-http')).toBeNull());
    // Its tier is this computer's.
    expect(screen.getByTestId<HTMLInputElement>('place-tier-development').checked).toBe(true);
  });
});
