/** Programs that ask for tokens: the question, the grants, the lock, the lines for other tools. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { problem } from '../src/gallery/data';
import { Failure, ipc, replaceIpc, type Ipc } from '../src/lib/ipc';
import { Agent } from '../src/lib/agent.svelte';
import { SETTLES } from '../src/views/agent/QuestionDialog.svelte';

function open(scene: string, change: Partial<Ipc> = {}) {
  replaceIpc({ ...fakeCore(scene), ...change });
  const allow = vi.spyOn(ipc, 'allowRequest');
  const deny = vi.spyOn(ipc, 'denyRequest');
  render(App);
  return { allow, deny };
}

/** Holds timers of this length until the returned function runs them, however slow the machine is. */
function held(length: number): () => void {
  const timers: (() => void)[] = [];
  const real = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number) => {
    if (ms !== length) return real(run, ms);
    timers.push(run);
    return undefined;
  }) as typeof setTimeout);
  return () => timers.forEach((run) => run());
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

describe('a question', () => {
  it('shows who asks, for what, and where', async () => {
    open('question');
    const dialog = await screen.findByTestId('question');
    for (const words of ['deploy-bot', 'Production', 'claude', 'git', 'pid 30991', '/home/kim/shop/deploy', 'urn:zitadel:iam:org:project:id:zitadel:aud', 'push the release tag', '4 requests']) {
      expect(dialog.textContent).toContain(words);
    }
  });

  it.each(['{Enter}', '{Escape}'])('is denied by %s', async (key) => {
    const { allow, deny } = open('question');
    await waitFor(() => expect(screen.getByTestId('deny')).toBe(document.activeElement));
    await userEvent.keyboard(key);
    await waitFor(() => expect(deny).toHaveBeenCalledExactlyOnceWith('q0'));
    expect(allow).not.toHaveBeenCalled();
    await waitFor(() => expect(screen.queryByTestId('question')).toBeNull());
  });

  it('is allowed only by its button, which takes a moment, for what was chosen', async () => {
    const settle = held(SETTLES);
    const { allow } = open('question');
    const button = await screen.findByTestId('allow');
    expect(button).toHaveProperty('disabled', true);
    settle();
    await userEvent.selectOptions(screen.getByTestId('question-holder'), '1');
    await userEvent.selectOptions(screen.getByTestId('question-minutes'), '10');
    await waitFor(() => expect(button).toHaveProperty('disabled', false));
    await userEvent.click(button);
    expect(allow).toHaveBeenCalledExactlyOnceWith('q0', 1, 10);
  });

  it('that waits behind another comes up when that is answered', async () => {
    const { deny } = open('questions');
    expect((await screen.findByTestId('question')).textContent).toContain('2 more requests');
    for (const id of ['q0', 'q1', 'q2']) {
      await waitFor(() => expect(screen.getByTestId('deny')).toBe(document.activeElement));
      await userEvent.keyboard('{Enter}');
      await waitFor(() => expect(deny).toHaveBeenLastCalledWith(id));
    }
    await waitFor(() => expect(screen.queryByTestId('question')).toBeNull());
  });

  it('that was answered elsewhere is gone at the next look', async () => {
    let hear: (event: { locked: boolean }) => void = () => undefined;
    const state = await fakeCore('question').agentState!();
    const agentState = vi.fn(async () => state);
    open('question', { agentState, onAgentChanged: async (listen) => ((hear = listen), () => undefined) });
    await screen.findByTestId('question');
    agentState.mockResolvedValue({ ...state, questions: [] });
    hear({ locked: false });
    await waitFor(() => expect(screen.queryByTestId('question')).toBeNull());
  });
});

describe('the lock', () => {
  it('covers the window and holds until it is unlocked', async () => {
    open('users');
    await userEvent.click(await screen.findByTestId('lock-now'));
    expect(await screen.findByTestId('locked')).toBeTruthy();
    await userEvent.click(screen.getByTestId('unlock-mintage'));
    await waitFor(() => expect(screen.queryByTestId('locked')).toBeNull());
  });

  it('says why it still holds', async () => {
    open('app-locked', { unlock: async () => Promise.reject(new Failure(problem('keychain-locked', 'the keychain is locked', 'Unlock the keychain and try again'))) });
    await userEvent.click(await screen.findByTestId('unlock-mintage'));
    expect((await screen.findByTestId('unlock-problem')).textContent).toContain('The keychain is locked.');
    expect(screen.getByTestId('locked')).toBeTruthy();
  });

  it('tells once that nothing secret may stay on the screen', () => {
    replaceIpc(fakeCore('users'));
    const onlock = vi.fn();
    const agent = new Agent(onlock);
    for (const locked of [false, true, true, false, true]) agent.changed({ locked });
    expect(onlock).toHaveBeenCalledTimes(2);
  });
});

describe('the programs', () => {
  it('are one row each with a count, and one or all are ended', async () => {
    open('programs');
    await userEvent.click(await screen.findByTestId('rail-programs'));
    const view = await screen.findByTestId('programs');
    const counts = () => within(view).queryAllByTestId('grant-count').map((each) => each.textContent);
    await waitFor(() => expect(counts()).toEqual(['312 times', '4 times', '1 time']));
    await waitFor(() => expect(view.querySelector('.where')?.textContent).toBe('Staging · Staging'));
    await userEvent.click(within(view).getAllByTestId('revoke')[0]!);
    await waitFor(() => expect(counts()).toEqual(['4 times', '1 time']));
    await userEvent.click(within(view).getByTestId('revoke-all'));
    await waitFor(() => expect(counts()).toEqual([]));
  });

  it('that are not answered is said with a way to try again', async () => {
    open('not-served');
    await userEvent.click(await screen.findByTestId('rail-programs'));
    await waitFor(() => expect(screen.getByTestId('serving').dataset['serving']).toBe('failed'));
    await userEvent.click(screen.getByTestId('serve-again'));
    await waitFor(() => expect(screen.getByTestId('serving').dataset['serving']).toBe('running'));
  });
});
