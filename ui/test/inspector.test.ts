/** The Inspector: what it is given it reads, and keeps in memory while one is elsewhere, until it is cleared. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem } from '../src/gallery/data';
import { claim, claims, compared } from '../src/gallery/inspections';
import { AppState } from '../src/lib/app.svelte';
import { Failure, replaceIpc, type Ipc } from '../src/lib/ipc';
import Inspector from '../src/views/Inspector.svelte';
import { draw, stateOf } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';
const field = (testid: string) => screen.getByTestId<HTMLTextAreaElement>(testid);

async function paste(testid: string, text: string) {
  field(testid).focus();
  await userEvent.paste(text);
}

/** Goes elsewhere and comes back; `meanwhile` happens in between. */
async function leave(app: AppState, page: { unmount: () => void }, meanwhile: () => unknown = () => undefined) {
  page.unmount();
  await meanwhile();
  return draw(app, Inspector, {});
}

describe('the Inspector', () => {
  async function open(change: Partial<Ipc> = {}) {
    const inspectText = vi.fn(async (_text: string, _against: string | null) => claims());
    const inspectClipboard = vi.fn(async (_against: string | null) => claims());
    draw(await stateOf('users', { inspectText, inspectClipboard, ...change }), Inspector, {});
    return { inspectText, inspectClipboard };
  }
  const text = () => field('inspector-text');

  it('reads what is pasted at once, against no environment', async () => {
    const { inspectText } = await open();
    await paste('inspector-text', 'Bearer a.b.c');
    expect(inspectText).toHaveBeenCalledExactlyOnceWith('Bearer a.b.c', null);
    expect(await screen.findByTestId('verdict')).toBeTruthy();
  });

  it('checks the same token against another environment', async () => {
    const { inspectText } = await open();
    await paste('inspector-text', 'a.b.c');
    await userEvent.selectOptions(screen.getByTestId('inspector-against'), STAGING);
    expect(inspectText).toHaveBeenLastCalledWith('a.b.c', STAGING);
  });

  it('offers the environment whose issuer the token names, and asks it only then', async () => {
    const inspectText = vi.fn(async (_text: string, _against: string | null) => ({ ...claims(), namedEnvironment: STAGING }));
    const app = await stateOf('users', { inspectText });
    const known = app.environments.of(STAGING)!;
    draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    expect((await screen.findByTestId('inspector-known')).textContent).toContain(`It names ${known.environment.name} as its issuer.`);
    expect(inspectText).toHaveBeenCalledExactlyOnceWith('a.b.c', null);
    await userEvent.click(screen.getByTestId('inspector-check-known'));
    expect(inspectText).toHaveBeenLastCalledWith('a.b.c', known.environment.id);
    await waitFor(() => expect(screen.queryByTestId('inspector-known')).toBeNull());
  });

  it.each(['HS256', 'none'])('offers no environment to check a token with that says %s', async (algorithm) => {
    const app = await stateOf('users', { inspectText: async () => ({ ...claims(), namedEnvironment: STAGING, claims: { ...claims().claims!, header: [claim('alg', algorithm)] } }) });
    draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    await screen.findByTestId('verdict');
    expect(screen.queryByTestId('inspector-known')).toBeNull();
  });

  it('reads the clipboard without its text entering the page', async () => {
    const { inspectClipboard } = await open();
    await userEvent.click(screen.getByTestId('inspector-clipboard'));
    expect(await screen.findByText('Showing the token from the clipboard.')).toBeTruthy();
    await userEvent.selectOptions(screen.getByTestId('inspector-against'), STAGING);
    expect(inspectClipboard.mock.calls).toEqual([[null], [STAGING]]);
    expect(text().value).toBe('');
  });

  it('takes Ctrl+V outside the field as a request to inspect the clipboard', async () => {
    const { inspectClipboard, inspectText } = await open();
    await userEvent.keyboard('{Control>}v{/Control}');
    await waitFor(() => expect(inspectClipboard).toHaveBeenCalledWith(null));
    expect(inspectText).not.toHaveBeenCalled();
  });

  it('keeps what was pasted when there is no token in it', async () => {
    await open({ inspectText: () => Promise.reject(new Failure(problem('token-not-found', 'it is not there', 'do something'))) });
    await paste('inspector-text', 'nothing');
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('token-not-found');
    expect(text().value).toBe('nothing');
    await userEvent.click(screen.getByTestId('inspector-clear'));
    expect([text().value, screen.queryByTestId('problem')]).toEqual(['', null]);
  });

  it('shows nothing any more when the text is deleted', async () => {
    await open();
    await paste('inspector-text', 'a.b.c');
    await screen.findByTestId('verdict');
    await userEvent.clear(text());
    await waitFor(() => expect(screen.queryByTestId('verdict')).toBeNull());
  });
});

describe('the Inspector, left and come back to,', () => {
  it('still shows the token and what was found, without inspecting it again', async () => {
    const inspectText = vi.fn(async () => claims());
    const app = await stateOf('users', { inspectText });
    const page = draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    await userEvent.selectOptions(field('inspector-against'), STAGING);
    await screen.findByTestId('verdict');
    inspectText.mockClear();
    await leave(app, page);
    expect([field('inspector-text').value, field('inspector-against').value, screen.getByTestId('verdict').dataset['verdict']]).toEqual(['a.b.c', STAGING, 'valid']);
    expect(inspectText).not.toHaveBeenCalled();
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('a.b.c');
  });

  it('offers the token’s issuer as before', async () => {
    const app = await stateOf('users', { inspectText: async () => claims() });
    const page = draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    await userEvent.selectOptions(field('inspector-against'), 'named');
    await leave(app, page);
    await userEvent.click(await screen.findByTestId('named-issuer-suggested'));
    expect(field('named-issuer-url').value).toBe('https://auth.acme.com');
  });

  it('still shows both tokens and how they differ', async () => {
    const app = await stateOf('users', { compare: async () => compared() });
    const page = draw(app, Inspector, {});
    await userEvent.click(screen.getByTestId('inspector-two'));
    await paste('compare-first', 'a.b.c');
    await paste('compare-second', 'd.e.f');
    await screen.findByTestId('difference-summary');
    await leave(app, page);
    expect([field('compare-first').value, field('compare-second').value]).toEqual(['a.b.c', 'd.e.f']);
    expect(screen.getByTestId('difference-summary')).toBeTruthy();
  });

  it('is empty once it was cleared', async () => {
    const app = await stateOf('users', { inspectText: async () => claims() });
    const page = draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    await userEvent.click(await screen.findByTestId('inspector-clear'));
    await leave(app, page);
    expect([field('inspector-text').value, screen.queryByTestId('verdict')]).toEqual(['', null]);
  });

  it('checks against nothing where the environment has gone meanwhile', async () => {
    const inspectText = vi.fn(async (_text: string, _against: string | null) => claims());
    const app = await stateOf('users', { inspectText });
    const page = draw(app, Inspector, {});
    await paste('inspector-text', 'a.b.c');
    await userEvent.selectOptions(field('inspector-against'), STAGING);
    await leave(app, page, () => (app.environments.list = app.environments.list.filter(({ environment }) => environment.id !== STAGING)));
    await waitFor(() => expect(field('inspector-against').value).toBe(''));
    expect(inspectText).toHaveBeenLastCalledWith('a.b.c', null);
  });

  it('does not read the clipboard again because an environment has gone', async () => {
    const inspectClipboard = vi.fn(async () => claims());
    const app = await stateOf('users', { inspectClipboard });
    const page = draw(app, Inspector, {});
    await userEvent.selectOptions(field('inspector-against'), STAGING);
    await userEvent.click(screen.getByTestId('inspector-clipboard'));
    await screen.findByTestId('verdict');
    await leave(app, page, () => (app.environments.list = []));
    await waitFor(() => expect(screen.queryByTestId('verdict')).toBeNull());
    expect(inspectClipboard).toHaveBeenCalledOnce();
  });
});

describe('a token in memory that is compared', () => {
  it('is compared anew each time one comes back, and dropped once it is gone', async () => {
    const compare = vi.fn(async () => compared());
    replaceIpc({ compare });
    const { comparing } = new AppState().inspector;
    comparing.first.user = 'bot';
    comparing.second.text = 'a.b.c';
    comparing.keepTo(['bot', 'other']);
    await waitFor(() => expect(compare).toHaveBeenCalledOnce());
    comparing.keepTo(['other']);
    await waitFor(() => expect([comparing.first.user, comparing.found.current]).toEqual(['', null]));
    expect(compare).toHaveBeenCalledOnce();
  });
});
